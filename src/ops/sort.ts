/**
 * The columns of matrices …×R×P in the order of their first row: the keys; further rows are carried along. A bitonic
 * network (Batcher 1968, AFIPS 32), so that no step depends on the values: log₂P·(log₂P + 1)/2 passes over the
 * columns. Columns of equal keys come in no particular order.
 */
import { ConvkitError } from "../core/error.ts";
import type { Tensor } from "../graph/tensor.ts";
import { formatType } from "./broadcast.ts";
import type { G, Op, Oracle } from "./op.ts";
import { checkDomain } from "./pointwise.ts";

export type SortAttrs = { readonly descending: boolean };

export const sort: Op<SortAttrs, 1> = {
  name: "sort",
  normalize: ({ descending = false }) => ({ descending }),
  infer: ([x]) => {
    checkDomain("sort", "float", [x]);
    if (x.shape.length < (x.batched ? 3 : 2)) {
      throw new ConvkitError(
        "sort",
        `takes matrices …×R×P whose first row holds the keys, got ${formatType(x)} — reshape it`,
      );
    }
    return { shape: x.shape, dtype: x.dtype, batched: x.batched };
  },
  compose: (g, [x], { descending }) => {
    const columns = x.shape[x.rank - 1];
    const digits = Math.ceil(Math.log2(columns));
    const [rows, width] = [2 ** Math.floor(digits / 2), 2 ** Math.ceil(digits / 2)];
    const last = descending ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    // Columns as rows × width, so that those which meet never differ in the innermost axis, where SIMD is.
    let y = padded(g, x, rows * width, last).reshape(...x.shape.slice(0, -1), rows, width);
    for (let sorted = 1; sorted < rows * width; sorted *= 2) {
      // Two sorted runs of columns, the second read backwards, are one bitonic run.
      let apart = sorted;
      for (; apart >= width; apart /= 2) {
        y = exchange(g, y, apart / width, descending, apart === sorted ? [-2, -1] : []);
      }
      y = turned(y);
      for (; apart >= 1; apart /= 2) {
        y = exchange(g, y, apart, descending, apart === sorted ? [-2] : []);
      }
      y = turned(y);
    }
    return y.reshape(...x.shape.slice(0, -1), rows * width).slice(-1, 0, columns);
  },
  flops: ([x]) => {
    const stages = Math.ceil(Math.log2(x.shape[x.shape.length - 1]));
    return (x.shape.reduce((size, dim) => size * dim, 1) * stages * (stages + 1)) / 2;
  },
};

/** More columns, which stay at the end. */
function padded(g: G, x: Tensor, full: number, last: number): Tensor {
  const columns = x.shape[x.rank - 1];
  if (full === columns) return x;
  const shape = [...x.shape.slice(0, -1), full - columns];
  const fill = x.builder.constant(last, x.dtype);
  return g.concat([x, g.broadcastTo(fill, { shape, batched: x.batched })], { axis: -1 });
}

/** Swaps the last two axes. */
function turned(x: Tensor): Tensor {
  const axes = x.shape.map((_, i) => i);
  return x.transpose(...axes.slice(0, -2), x.rank - 1, x.rank - 2);
}

/**
 * Of each two columns that are `apart` along the last axis but one, puts the one that comes first first. The second
 * half of a run is read backwards along the axes of `mirrored`.
 */
function exchange(
  g: G,
  x: Tensor,
  apart: number,
  descending: boolean,
  mirrored: readonly number[],
): Tensor {
  const [rows, width] = x.shape.slice(-2);
  const runs = x.reshape(...x.shape.slice(0, -2), rows / (2 * apart), 2, apart, width);
  const turn = (t: Tensor) => (mirrored.length > 0 ? g.flip(t, { axes: mirrored }) : t);
  const a = runs.slice(-3, 0, 1);
  const b = turn(runs.slice(-3, 1, 2));
  const [keyA, keyB] = [a, b].map((t) => t.slice(-5, 0, 1));
  const swap = descending ? keyA.lt(keyB) : keyA.gt(keyB);
  const halves = [swap.where(b, a), turn(swap.where(a, b))];
  return g.concat(halves, { axis: -3 }).reshape(...x.shape);
}

export const sortOracle: Oracle<SortAttrs> = {
  reference: ([x], { descending }) => {
    const [rows, columns] = x.shape.slice(-2);
    const y = new Float64Array(x.data.length);
    for (let start = 0; start < y.length; start += rows * columns) {
      const keys = x.data.slice(start, start + columns);
      const order = Array.from(keys, (_, i) => i);
      order.sort((i, j) => (descending ? keys[j] - keys[i] : keys[i] - keys[j]));
      for (let row = 0; row < rows; row++) {
        order.forEach((from, to) => {
          y[start + row * columns + to] = x.data[start + row * columns + from];
        });
      }
    }
    return y;
  },
  // biome-ignore format: one case a line
  samples: [
    { name: "keys only", inputs: [{ shape: [1, 16], distinct: 0.1 }] },
    { name: "descending, an odd number", inputs: [{ shape: [1, 11], distinct: 0.1 }], attrs: { descending: true } },
    { name: "one column", inputs: [{ shape: [2, 1] }] },
    { name: "rows carried along", inputs: [{ shape: [3, 6], distinct: 0.1 }] },
    { name: "stacks", inputs: [{ shape: [2, 2, 3, 5], distinct: 0.1 }], attrs: { descending: true } },
    { name: "batch", inputs: [{ shape: [5, 2, 9], distinct: 0.1 }], batched: true },
    { name: "batch of stacks, descending", inputs: [{ shape: [17, 2, 2, 4], distinct: 0.01 }], attrs: { descending: true }, batched: true },
  ],
  torch: 'torch.gather(x, -1, x[..., :1, :].argsort(-1, attrs["descending"]).expand(x.shape))',
};
