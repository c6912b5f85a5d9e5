/**
 * y[i,j,k] = x[index[i,j,k], j, k] for axis 0, and so on: PyTorch's gather. An index outside the axis reads its
 * nearest end. `scatterAdd` is the adjoint; it stands here since each is the other's gradient.
 */
import { ConvkitError } from "../core/error.ts";
import { normalizeAxis, sameShape, sizeOf } from "../core/shape.ts";
import { formatType } from "./broadcast.ts";
import type { Op, Oracle } from "./op.ts";
import { checkDomain } from "./pointwise.ts";
import { step } from "./samples.ts";

export type GatherAttrs = { readonly axis: number };
export type ScatterAddAttrs = { readonly axis: number; readonly size: number };

export const gather: Op<GatherAttrs, 2> = {
  name: "gather",
  normalize: ({ axis = -1 }, [x]) => ({ axis: normalizeAxis("gather", axis, x.shape.length) }),
  infer: ([x, index], { axis }) => {
    const named = `x ${formatType(x)}, index ${formatType(index)}`;
    if (index.dtype !== "i32") {
      throw new ConvkitError("gather", `the index must be i32, got ${index.dtype} — ${named}`);
    }
    const fits =
      x.shape.length === index.shape.length &&
      index.shape.every((dim, i) => i === axis || dim <= x.shape[i]);
    if (!fits || x.shape[axis] === 0) {
      throw new ConvkitError("gather", `the index does not fit x outside axis ${axis} — ${named}`);
    }
    // Along axis 0 the images choose rows of a table; along another axis each chooses from its own.
    if (axis === 0 ? x.batched : x.batched !== index.batched) {
      throw new ConvkitError("gather", `images (*) cannot choose along axis ${axis} — ${named}`);
    }
    return { shape: index.shape, dtype: x.dtype, batched: index.batched };
  },
  vjp: (g, ct, [x, index], { axis }) => {
    const sum = ct.builder.apply(scatterAdd, [ct, index], { axis, size: x.shape[axis] });
    const after = x.shape.map((dim, i) => dim - sum.shape[i]);
    return [after.every((n) => n === 0) ? sum : g.pad(sum, { after }), null];
  },
  lower: (_e, [x, index], { axis }, place) =>
    x.at(...place.map((p, i) => (i === axis ? index.at(...place) : p))),
  flops: () => 0,
};

export const gatherOracle: Oracle<GatherAttrs> = {
  reference: ([x, index], { axis }, out) => {
    const y = new Float64Array(sizeOf(out.shape));
    const place = out.shape.map(() => 0);
    for (let i = 0; i < y.length; i++) {
      const chosen = Math.min(Math.max(index.data[i], 0), x.shape[axis] - 1);
      const from = place.map((p, k) => (k === axis ? chosen : p));
      y[i] = x.data[x.shape.reduce((flat, dim, k) => flat * dim + from[k], 0)];
      step(place, out.shape);
    }
    return y;
  },
  // biome-ignore format: one case a line
  samples: [
    { name: "vector", inputs: [{ shape: [5] }, { shape: [7], dtype: "i32", low: 0, high: 4 }] },
    { name: "labels", inputs: [{ shape: [4, 3] }, { shape: [4, 1], dtype: "i32", low: 0, high: 2 }], attrs: { axis: 1 } },
    { name: "rows", inputs: [{ shape: [4, 3] }, { shape: [2, 3], dtype: "i32", low: 0, high: 3 }], attrs: { axis: 0 } },
    { name: "smaller index", inputs: [{ shape: [3, 4, 5] }, { shape: [2, 6, 3], dtype: "i32", low: 0, high: 3 }], attrs: { axis: 1 } },
    { name: "batch of labels", inputs: [{ shape: [5, 3] }, { shape: [5, 1], dtype: "i32", low: 0, high: 2 }], attrs: { axis: 1 }, batched: true },
    { name: "batch from a table", inputs: [{ shape: [7, 3], static: true }, { shape: [5, 3], dtype: "i32", low: 0, high: 6 }], attrs: { axis: 0 }, batched: true },
  ],
  torch: 'x.gather(attrs["axis"], b.long())',
};

/**
 * y[v,j,k] = Σ src[i,j,k] over the i with index[i,j,k] = v, for axis 0, and so on: the adjoint of `gather`. The
 * result has `size` places along the axis; an index outside them adds nothing.
 */
export const scatterAdd: Op<ScatterAddAttrs, 2> = {
  name: "scatterAdd",
  normalize: ({ axis = -1, size = 0 }, [src]) => ({
    axis: normalizeAxis("scatterAdd", axis, src.shape.length),
    size,
  }),
  infer: ([src, index], { axis, size }) => {
    checkDomain("scatterAdd", "number", [src]);
    const named = `src ${formatType(src)}, index ${formatType(index)}`;
    if (!Number.isInteger(size) || size < 1) {
      throw new ConvkitError(
        "scatterAdd",
        `size is ${size}, expected a whole number of at least 1`,
      );
    }
    const fits = sameShape(src.shape, index.shape) && src.batched === index.batched;
    if (!fits || index.dtype !== "i32") {
      throw new ConvkitError(
        "scatterAdd",
        `the index must be i32 and of the shape of src, got ${index.dtype} — ${named}`,
      );
    }
    const shape = src.shape.map((dim, i) => (i === axis ? size : dim));
    return { shape, dtype: src.dtype, batched: src.batched && axis !== 0 };
  },
  vjp: (_g, ct, [, index], { axis }) => [ct.builder.apply(gather, [ct, index], { axis }), null],
  lower: (e, [src, index], { axis }, place) => {
    const extent = src.batched && axis === 0 ? "batch" : src.shape[axis];
    const target = e.fromIndex(place[axis], "i32");
    return e.reduce("sum", [extent], ([k]) => {
      const at = place.map((p, i) => (i === axis ? k : p));
      const isHere = e.binary("eq", index.at(...at), target);
      return e.select(isHere, src.at(...at), e.constant(0, src.dtype));
    });
  },
  flops: ([src]) => sizeOf(src.shape),
};

export const scatterAddOracle: Oracle<ScatterAddAttrs> = {
  reference: ([src, index], { axis, size }, out) => {
    const y = new Float64Array(sizeOf(out.shape));
    const place = src.shape.map(() => 0);
    for (let i = 0; i < src.data.length; i++) {
      const to = place.map((p, k) => (k === axis ? index.data[i] : p));
      if (to[axis] >= 0 && to[axis] < size) {
        y[out.shape.reduce((flat, dim, k) => flat * dim + to[k], 0)] += src.data[i];
      }
      step(place, src.shape);
    }
    return y;
  },
  // biome-ignore format: one case a line
  samples: [
    { name: "vector", inputs: [{ shape: [7] }, { shape: [7], dtype: "i32", low: 0, high: 4 }], attrs: { size: 5 } },
    { name: "labels", inputs: [{ shape: [4, 1] }, { shape: [4, 1], dtype: "i32", low: 0, high: 2 }], attrs: { axis: 1, size: 3 } },
    { name: "middle axis", inputs: [{ shape: [2, 6, 3] }, { shape: [2, 6, 3], dtype: "i32", low: 0, high: 3 }], attrs: { axis: 1, size: 4 } },
    { name: "batch of labels", inputs: [{ shape: [5, 1] }, { shape: [5, 1], dtype: "i32", low: 0, high: 2 }], attrs: { axis: 1, size: 3 }, batched: true },
    { name: "sum over the batch", inputs: [{ shape: [17, 3] }, { shape: [17, 3], dtype: "i32", low: 0, high: 6 }], attrs: { axis: 0, size: 7 }, batched: true },
  ],
  torch: "scatter_add(a, b, attrs)",
};
