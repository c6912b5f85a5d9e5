/** ONNX's products of matrices. */
import type { Tensor } from "../../../graph/tensor.ts";
import type { Call, Operator } from "../call.ts";
import {
  aligned,
  elementwise,
  innerOf,
  mapValue,
  reshaped,
  settled,
  shapeOf,
  type Value,
} from "../value.ts";

/** Rows times weights I×O: a linear layer, whose weights are O×I. */
const times = (call: Call, x: Tensor, w: Tensor): Tensor =>
  call.apply("linear", [x, w.transpose(1, 0)]);

const matMul: Operator = (call) => product(call, call.value(0), call.value(1));

export function product(call: Call, a: Value, b: Value): Value {
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

/** α·A·B + β·C, A and B perhaps turned: a linear layer. */
const gemm: Operator = (call) => {
  const [alpha, beta] = [call.number("alpha", 1), call.number("beta", 1)];
  const scaled = (value: Value, by: number) =>
    by === 1 ? value : mapValue(value, (x) => x.mul(by));
  const a = call.flag("transA") ? turned(call.value(0)) : call.value(0);
  const b = call.weight(1);
  const w = call.flag("transB") ? b : b.transpose(1, 0);
  const y = scaled(
    mapValue(a, (x) => call.apply("linear", [x, w])),
    alpha,
  );
  if (!call.has(2)) return y;
  const c = scaled({ tensor: call.weight(2), inner: false }, beta);
  return elementwise([y, c], (product, bias) => product.add(bias));
};

/** Rows as columns. */
function turned(value: Value): Value {
  const { tensor, inner } = innerOf(value);
  return settled({
    tensor: tensor.batched ? tensor.transpose(0, 2, 1) : tensor.transpose(1, 0),
    inner,
  });
}

export const products: Readonly<Record<string, Operator>> = { MatMul: matMul, Gemm: gemm };
