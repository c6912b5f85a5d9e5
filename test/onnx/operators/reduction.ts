/** ONNX operators over an axis: sums, extremes, softmax, products of matrices. */
import * as nn from "../../../src/nn/index.ts";
import type { Call, Operator } from "../call.ts";
import { axesOf, axisOf } from "./axes.ts";

/** The last of equals is the first of the axis turned round. */
const argMax: Operator = (call) => {
  const x = call.tensor(0);
  const axis = axisOf(call.number("axis", 0), x.rank);
  const attrs = { axis, keepDims: call.number("keepdims", 1) === 1 };
  if (call.number("select_last_index", 0) === 0) return call.g.argmax(x, attrs);
  return call.g
    .argmax(call.g.flip(x, { axes: [axis] }), attrs)
    .mul(-1)
    .add(x.shape[axis] - 1);
};

const reduceMean: Operator = (call) => {
  const x = call.tensor(0);
  const axes = axesOf(call, 1, x.rank) ?? [];
  const keepDims = call.number("keepdims", 1) === 1;
  if (axes.length === 0 && call.number("noop_with_empty_axes", 0) === 1) return x;
  return x.mean(axes.length > 0 ? axes : undefined, keepDims);
};

/** Before version 13 all axes from `axis` on, 1 if left out, count as one. */
const overAxis =
  (layer: (axis: number) => nn.Module): Operator =>
  (call) => {
    const x = call.tensor(0);
    if (call.opset >= 13) return call.layer(layer(axisOf(call.number("axis", -1), x.rank)), x);
    const axis = axisOf(call.number("axis", 1), x.rank);
    const rows = x.shape.slice(0, axis).reduce((size, dim) => size * dim, 1);
    return call.layer(layer(1), x.reshape(rows, -1)).reshape(...x.shape);
  };

/** α·A·B + β·C: a linear layer where neither factor scales, A stands as it is and C is one row; else a product. */
const gemm: Operator = (call) => {
  const [alpha, beta] = [call.number("alpha", 1), call.number("beta", 1)];
  const [transposeA, transposeB] = [call.number("transA", 0) === 1, call.number("transB", 0) === 1];
  const weight = transposeB ? call.known(1) : turned(call.known(1));
  const out = weight.shape[0];
  const isRow = !call.has(2) || call.known(2).data.length === out;
  if (alpha === 1 && beta === 1 && !transposeA && isRow) {
    const bias = call.has(2) && { bias: { ...call.known(2), shape: [out] } };
    const layer = nn.linear(out, { bias: call.has(2) });
    return call.layer(layer, call.tensor(0), { weight, ...bias });
  }
  const product = call.tensor(0).matmul(call.tensor(1), { transposeA, transposeB }).mul(alpha);
  return call.has(2) ? product.add(call.tensor(2).mul(beta)) : product;
};

/** The transpose of a matrix of known numbers. */
function turned({ shape: [rows, columns], data }: nn.StateValue): nn.StateValue {
  const at = (i: number) => Number(data[(i % rows) * columns + Math.floor(i / rows)]);
  return { shape: [columns, rows], data: Array.from({ length: rows * columns }, (_, i) => at(i)) };
}

export const reduction: Readonly<Record<string, Operator>> = {
  ArgMax: argMax,
  ReduceMean: reduceMean,
  Softmax: overAxis((axis) => nn.softmax(axis)),
  LogSoftmax: overAxis((axis) => nn.logSoftmax(axis)),
  MatMul: (call: Call) => call.tensor(0).matmul(call.tensor(1)),
  Gemm: gemm,
};
