/** y = x·wᵀ over the last axis of x, with w as out×in: a fully connected layer without its bias. */
import { ConvkitError } from "../core/error.ts";
import { sizeOf } from "../core/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import { formatType } from "./broadcast.ts";
import type { None, Op, Oracle } from "./op.ts";
import { checkDomain, checkSameDType } from "./pointwise.ts";

export const linear: Op<None, 2> = {
  name: "linear",
  infer: ([x, w]) => {
    checkDomain("linear", "float", [x, w]);
    checkSameDType("linear", [x, w]);
    const named = `x ${formatType(x)}, w ${formatType(w)}`;
    if (x.shape.length < 2 || w.shape.length !== 2 || w.batched) {
      throw new ConvkitError("linear", `needs rows of features and out×in weights — ${named}`);
    }
    const features = x.shape[x.shape.length - 1];
    if (features !== w.shape[1]) {
      throw new ConvkitError(
        "linear",
        `input has ${features} features, weight expects ${w.shape[1]} — ${named}`,
      );
    }
    return { shape: [...x.shape.slice(0, -1), w.shape[0]], dtype: x.dtype, batched: x.batched };
  },
  compose: (g, [x, w]) => asRows(x, (rows) => g.matmul(rows, w, { transposeB: true })),
  // dx = ct·w, dw = ctᵀ·x. Tokens are pixels of a 1×1 convolution, whose weight gradient sums over images and tokens at once.
  vjp: (g, ct, [x, w]) => [
    asRows(ct, (rows) => g.matmul(rows, w)),
    x.rank === 2
      ? g.matmul(ct, x, { transposeA: true })
      : g.conv2dWeightGrad(pixelsOf(x), pixelsOf(ct), { kernelSize: [1, 1] }).reshape(...w.shape),
  ],
  macs: ([, w], _attrs, out) => sizeOf(out.shape) * w.shape[1],
  flops: () => 0,
};

/** `f` of rows N×C or tokens N×T×C; what lies between in x is one axis meanwhile. */
function asRows(x: Tensor, f: (rows: Tensor) => Tensor): Tensor {
  if (x.rank <= 3) return f(x);
  return f(x.reshape(x.shape[0], -1, x.shape[x.rank - 1])).reshape(...x.shape.slice(0, -1), -1);
}

/** N×C×1×T. */
const pixelsOf = (x: Tensor): Tensor =>
  x.reshape(x.shape[0], -1, 1, x.shape[x.rank - 1]).transpose(0, 3, 2, 1);

export const linearOracle: Oracle = {
  reference: ([x, w]) => {
    const [outputs, features] = w.shape;
    const rows = x.data.length / features;
    const y = new Float64Array(rows * outputs);
    for (let row = 0; row < rows; row++)
      for (let o = 0; o < outputs; o++)
        for (let k = 0; k < features; k++) {
          y[row * outputs + o] += x.data[row * features + k] * w.data[o * features + k];
        }
    return y;
  },
  // biome-ignore format: one case a line
  samples: [
    { name: "rows", inputs: [{ shape: [3, 5] }, { shape: [4, 5] }] },
    { name: "tokens", inputs: [{ shape: [2, 3, 5] }, { shape: [4, 5] }] },
    { name: "batch", inputs: [{ shape: [17, 5] }, { shape: [3, 5], static: true }], batched: true },
    { name: "batch of tokens", inputs: [{ shape: [5, 2, 3] }, { shape: [4, 3], static: true }], batched: true },
  ],
  torch: "F.linear(x, w)",
};
