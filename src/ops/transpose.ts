/** Axis i of the result is axis `axes[i]` of the input; without `axes` their order is turned round. */
import { ConvkitError } from "../core/error.ts";
import { normalizeAxis } from "../core/shape.ts";
import { formatType } from "./broadcast.ts";
import type { Op, Oracle } from "./op.ts";
import { step } from "./samples.ts";

export type TransposeAttrs = { readonly axes: readonly number[] };

export const transpose: Op<TransposeAttrs, 1> = {
  name: "transpose",
  normalize: ({ axes }, [x]) => {
    const rank = x.shape.length;
    const order = axes ?? x.shape.map((_, i) => rank - 1 - i);
    return { axes: order.map((axis) => normalizeAxis("transpose", axis, rank)) };
  },
  infer: ([x], { axes }) => {
    if (axes.length !== x.shape.length || new Set(axes).size !== axes.length) {
      throw new ConvkitError(
        "transpose",
        `axes ${axes} are no order of the ${x.shape.length} axes of ${formatType(x)}`,
      );
    }
    if (x.batched && axes[0] !== 0) {
      throw new ConvkitError(
        "transpose",
        `axes ${axes} move the batch axis (*) of ${formatType(x)} — keep axis 0 first`,
      );
    }
    return { shape: axes.map((axis) => x.shape[axis]), dtype: x.dtype, batched: x.batched };
  },
  vjp: (g, ct, _x, { axes }) => [g.transpose(ct, { axes: axes.map((_, i) => axes.indexOf(i)) })],
  lower: (_e, [x], { axes }, index) => x.at(...axes.map((_, i) => index[axes.indexOf(i)])),
  flops: () => 0,
};

export const transposeOracle: Oracle<TransposeAttrs> = {
  reference: ([x], { axes }, out) => {
    const result = new Float64Array(x.data.length);
    const place = out.shape.map(() => 0);
    for (let i = 0; i < result.length; i++) {
      const from = axes.map((_, axis) => place[axes.indexOf(axis)]);
      result[i] = x.data[x.shape.reduce((flat, dim, axis) => flat * dim + from[axis], 0)];
      step(place, out.shape);
    }
    return result;
  },
  samples: [
    { name: "matrix", inputs: [{ shape: [3, 5] }], attrs: { axes: [1, 0] } },
    { name: "channels last", inputs: [{ shape: [2, 3, 4, 5] }], attrs: { axes: [0, 2, 3, 1] } },
    { name: "cycle", inputs: [{ shape: [2, 3, 4] }], attrs: { axes: [2, 0, 1] } },
    { name: "negative", inputs: [{ shape: [2, 3, 4] }], attrs: { axes: [0, -1, 1] } },
    { name: "batch", inputs: [{ shape: [5, 2, 3] }], attrs: { axes: [0, 2, 1] }, batched: true },
  ],
  torch: 'x.permute(attrs["axes"])',
};
