/**
 * y[i,j,k] = x[index[i,j,k], j, k] for axis 0, and so on: PyTorch's gather. An index outside the axis reads its
 * nearest end.
 */
import { ConvkitError } from "../core/error.ts";
import { normalizeAxis, sizeOf } from "../core/shape.ts";
import { formatType } from "./broadcast.ts";
import type { Op, Oracle } from "./op.ts";
import { step } from "./samples.ts";

export type GatherAttrs = { readonly axis: number };

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
    const sum = g.scatterAdd(ct, index, { axis, size: x.shape[axis] });
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
