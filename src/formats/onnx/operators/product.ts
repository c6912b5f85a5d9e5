/** ONNX's products of matrices. */
import type { Tensor } from "../../../graph/tensor.ts";
import type { Call, Operator } from "../call.ts";
import { aligned, innerOf, mapValue, reshaped, settled, shapeOf, type Value } from "../value.ts";

/** Rows times weights I×O: a linear layer, whose weights are O×I. */
const times = (call: Call, x: Tensor, w: Tensor): Tensor =>
  call.apply("linear", [x, w.transpose(1, 0)]);

const matMul: Operator = (call) => product(call, call.value(0), call.value(1));

function product(call: Call, a: Value, b: Value): Value {
  const [left, right] = [shapeOf(a), shapeOf(b)];
  // A vector is a row on the left, a column on the right, and is none in the result.
  if (left.length === 1) {
    const y = product(call, reshaped(a, [1, ...left]), b);
    return reshaped(y, shapeOf(y).toSpliced(-2, 1));
  }
  if (right.length === 1) {
    const y = product(call, a, reshaped(b, [...right, 1]));
    return reshaped(y, shapeOf(y).slice(0, -1));
  }
  if (a.tensor.batched && !b.tensor.batched && right.length === 2) {
    return mapValue(a, (x) => times(call, x, b.tensor));
  }
  // A row for each image is one matrix for each image, of one row.
  const matrices = [a, b].map((value) => (shapeOf(value).length === 2 ? innerOf(value) : value));
  const { tensors, inner } = aligned(matrices);
  return settled({ tensor: tensors[0].matmul(tensors[1]), inner });
}

/** α·A·B + β·C: a linear layer where A stands as it is. */
const gemm: Operator = (call) => {
  const [alpha, beta] = [call.number("alpha", 1), call.number("beta", 1)];
  const [transposeA, transposeB] = [call.flag("transA"), call.flag("transB")];
  const scaled = (x: Tensor, by: number) => (by === 1 ? x : x.mul(by));
  const a = transposeA ? call.value(0).tensor : call.batch(0);
  const b = call.weight(1);
  const y = transposeA
    ? a.matmul(b, { transposeA, transposeB })
    : transposeB
      ? call.apply("linear", [a, b])
      : times(call, a, b);
  const result = scaled(y, alpha);
  if (!call.has(2)) return result;
  const c = scaled(call.weight(2), beta);
  // A matrix of one row is that of every image.
  return result.add(a.batched && c.rank === 2 && !c.batched ? c.reshape(-1) : c);
};

export const products: Readonly<Record<string, Operator>> = { MatMul: matMul, Gemm: gemm };
