/**
 * y[…,i,j] = Σₖ a[…,i,k]·b[…,k,j]: matrices in the last two axes, the leading ones broadcast. `transposeA` and
 * `transposeB` swap the last two axes of an input.
 *
 * With a batch axis: rows of images times a matrix, [N*,K]·[K,M] → [N*,M]; stacks of matrices, one an image; and
 * [N*,K]ᵀ·[N*,M] → [K,M], which sums over the images of the run.
 */
import { ConvkitError } from "../core/error.ts";
import { broadcastShapes, sizeOf } from "../core/shape.ts";
import type { Access, Index, Lowering } from "../graph/lower.ts";
import { formatType, sumTo } from "./broadcast.ts";
import type { Op, Oracle, TensorType } from "./op.ts";
import { checkDomain, checkSameDType } from "./pointwise.ts";
import { flatIndex, step } from "./samples.ts";

export type MatmulAttrs = { readonly transposeA: boolean; readonly transposeB: boolean };

/** Both hold one row for each image, and the sum runs over the images. */
const sumsOverBatch = (a: TensorType, b: TensorType, { transposeA, transposeB }: MatmulAttrs) =>
  a.batched &&
  b.batched &&
  a.shape.length === 2 &&
  b.shape.length === 2 &&
  transposeA &&
  !transposeB;

/** Whether the batch axis of `t` ends as axis 0 of the result. */
function keepsBatch(
  t: TensorType,
  other: TensorType,
  isLeft: boolean,
  attrs: MatmulAttrs,
): boolean {
  const rank = t.shape.length;
  if (rank === 2) return isLeft && !attrs.transposeA && other.shape.length === 2 && !other.batched;
  const otherRank = other.shape.length;
  return rank > otherRank || (rank === otherRank && (other.batched || other.shape[0] === 1));
}

export const matmul: Op<MatmulAttrs, 2> = {
  name: "matmul",
  normalize: ({ transposeA = false, transposeB = false }) => ({ transposeA, transposeB }),
  infer: ([a, b], attrs) => {
    checkDomain("matmul", "float", [a, b]);
    checkSameDType("matmul", [a, b]);
    const marks = [attrs.transposeA ? "ᵀ" : "", attrs.transposeB ? "ᵀ" : ""];
    const named = `a ${formatType(a)}${marks[0]}, b ${formatType(b)}${marks[1]}`;
    if (a.shape.length < 2 || b.shape.length < 2) {
      throw new ConvkitError("matmul", `needs matrices — ${named}`);
    }
    const [m, ka] = matrixOf(a, attrs.transposeA);
    const [kb, n] = matrixOf(b, attrs.transposeB);
    if (ka !== kb)
      throw new ConvkitError("matmul", `a has ${ka} columns, b has ${kb} rows — ${named}`);
    const leading = broadcastShapes("matmul", a.shape.slice(0, -2), b.shape.slice(0, -2));
    const shape = [...leading, m, n];
    if (sumsOverBatch(a, b, attrs)) return { shape, dtype: a.dtype, batched: false };
    const fits =
      (!a.batched || keepsBatch(a, b, true, attrs)) &&
      (!b.batched || keepsBatch(b, a, false, attrs));
    if (!fits) {
      throw new ConvkitError(
        "matmul",
        `the batch axis (*) would not be axis 0 of the result — ${named}; put the rows of images on the left, ` +
          "give both inputs one matrix for each image, or sum over the images with transposeA",
      );
    }
    return { shape, dtype: a.dtype, batched: a.batched || b.batched };
  },
  // With A and B as they enter the product: dA = ct·Bᵀ, dB = Aᵀ·ct, and the transpose of it where the input was turned.
  vjp: (g, ct, [a, b], { transposeA, transposeB }) => [
    sumTo(
      transposeA
        ? g.matmul(b, ct, { transposeA: transposeB, transposeB: true })
        : g.matmul(ct, b, { transposeB: !transposeB }),
      a,
    ),
    sumTo(
      transposeB
        ? g.matmul(ct, a, { transposeA: true, transposeB: transposeA })
        : g.matmul(a, ct, { transposeA: !transposeA }),
      b,
    ),
  ],
  lower: (e, [a, b], attrs, index) => {
    const [i, j] = index.slice(-2);
    const read = (t: Access, turned: boolean, row: Index, column: Index) =>
      t.at(...leadingOf(e, t, index), ...(turned ? [column, row] : [row, column]));
    const [, inner] = matrixOf(a, attrs.transposeA);
    return e.reduce("sum", [sumsOverBatch(a, b, attrs) ? "batch" : inner], ([k]) =>
      e.binary("mul", read(a, attrs.transposeA, i, k), read(b, attrs.transposeB, k, j)),
    );
  },
  macs: ([a], { transposeA }, out) => sizeOf(out.shape) * matrixOf(a, transposeA)[1],
  flops: () => 0,
};

/** Rows and columns as they enter the product. */
function matrixOf({ shape }: TensorType, turned: boolean): readonly [number, number] {
  const [rows, columns] = shape.slice(-2);
  return turned ? [columns, rows] : [rows, columns];
}

/** Places along the leading axes of `t` for a place in the result. */
function leadingOf(e: Lowering, t: Access, index: readonly Index[]): Index[] {
  const shift = index.length - t.shape.length;
  return t.shape
    .slice(0, -2)
    .map((dim, axis) => (dim === 1 && !(t.batched && axis === 0) ? e.i(0) : index[shift + axis]));
}

export const matmulOracle: Oracle<MatmulAttrs> = {
  reference: ([a, b], { transposeA, transposeB }, out) => {
    const y = new Float64Array(sizeOf(out.shape));
    const place = out.shape.map(() => 0);
    const inner = a.shape[a.shape.length - (transposeA ? 2 : 1)];
    for (let at = 0; at < y.length; at++) {
      const leading = place.slice(0, -2);
      const [i, j] = place.slice(-2);
      for (let k = 0; k < inner; k++) {
        const fromA = flatIndex(a.shape, [...leading, ...(transposeA ? [k, i] : [i, k])]);
        const fromB = flatIndex(b.shape, [...leading, ...(transposeB ? [j, k] : [k, j])]);
        y[at] += a.data[fromA] * b.data[fromB];
      }
      step(place, out.shape);
    }
    return y;
  },
  // biome-ignore format: one case a line
  samples: [
    { name: "matrices", inputs: [{ shape: [3, 5] }, { shape: [5, 4] }] },
    { name: "one row, one column", inputs: [{ shape: [1, 7] }, { shape: [7, 1] }] },
    { name: "outer product", inputs: [{ shape: [3, 1] }, { shape: [1, 17] }] },
    { name: "a turned", inputs: [{ shape: [5, 3] }, { shape: [5, 4] }], attrs: { transposeA: true } },
    { name: "b turned", inputs: [{ shape: [16, 5] }, { shape: [17, 5] }], attrs: { transposeB: true } },
    { name: "both turned", inputs: [{ shape: [5, 3] }, { shape: [4, 5] }], attrs: { transposeA: true, transposeB: true } },
    { name: "stacks", inputs: [{ shape: [2, 3, 4] }, { shape: [2, 4, 5] }] },
    { name: "stacks turned", inputs: [{ shape: [2, 2, 4, 3] }, { shape: [2, 2, 5, 4] }], attrs: { transposeA: true, transposeB: true } },
    { name: "stacks broadcast", inputs: [{ shape: [2, 1, 3, 4] }, { shape: [3, 4, 2] }] },
    { name: "stack and matrix", inputs: [{ shape: [2, 3, 4] }, { shape: [4, 5] }] },
    { name: "matrix and stack", inputs: [{ shape: [3, 4] }, { shape: [2, 4, 5] }] },
    { name: "batch of rows", inputs: [{ shape: [5, 7] }, { shape: [7, 3], static: true }], batched: true },
    { name: "batch of rows, b turned", inputs: [{ shape: [17, 5] }, { shape: [3, 5], static: true }], attrs: { transposeB: true }, batched: true },
    { name: "sum over the batch", inputs: [{ shape: [5, 3] }, { shape: [5, 4] }], attrs: { transposeA: true }, batched: true },
    { name: "batch of stacks", inputs: [{ shape: [5, 2, 3] }, { shape: [5, 3, 4] }], batched: true },
    { name: "batch of stacks turned", inputs: [{ shape: [5, 2, 3, 2] }, { shape: [5, 1, 4, 3] }], attrs: { transposeA: true, transposeB: true }, batched: true },
    { name: "batch of stacks, more than a tile", inputs: [{ shape: [17, 2, 7, 6] }, { shape: [17, 2, 6, 9] }], batched: true },
    { name: "batch of stacks, more than a tile, b turned", inputs: [{ shape: [5, 3, 7, 8] }, { shape: [5, 1, 10, 8] }], attrs: { transposeB: true }, batched: true },
    { name: "batch of stacks, more than a tile, a turned", inputs: [{ shape: [5, 5, 7] }, { shape: [5, 5, 4] }], attrs: { transposeA: true }, batched: true },
    { name: "batch of tokens and a matrix, b turned", inputs: [{ shape: [17, 5, 6] }, { shape: [9, 6], static: true }], attrs: { transposeB: true }, batched: true },
    { name: "batch of stacks and a matrix", inputs: [{ shape: [5, 2, 3] }, { shape: [3, 4], static: true }], batched: true },
    { name: "matrix and a batch of stacks", inputs: [{ shape: [4, 2], static: true }, { shape: [5, 2, 3] }], batched: true },
  ],
  torch: "matmul(a, b, attrs)",
};
