/** Turns the order along the axes round. */
import { ConvkitError } from "../core/error.ts";
import { normalizeAxis } from "../core/shape.ts";
import { formatType } from "./broadcast.ts";
import type { Op, Oracle } from "./op.ts";
import { step } from "./samples.ts";

export type FlipAttrs = { readonly axes: readonly number[] };

export const flip: Op<FlipAttrs, 1> = {
  name: "flip",
  normalize: ({ axes = [] }, [x]) => ({
    axes: axes.map((a) => normalizeAxis("flip", a, x.shape.length)).sort((a, b) => a - b),
  }),
  infer: ([x], { axes }) => {
    if (x.batched && axes.includes(0)) {
      throw new ConvkitError("flip", `${formatType(x)}: the batch axis (*) has no order to turn`);
    }
    return { shape: x.shape, dtype: x.dtype, batched: x.batched };
  },
  vjp: (g, ct, _x, attrs) => [g.flip(ct, attrs)],
  lower: (e, [x], { axes }, index) =>
    x.at(
      ...index.map((at, axis) =>
        axes.includes(axis) ? e.iadd(e.imul(at, -1), x.shape[axis] - 1) : at,
      ),
    ),
  flops: () => 0,
};

export const flipOracle: Oracle<FlipAttrs> = {
  reference: ([x], { axes }) => {
    const result = new Float64Array(x.data.length);
    const place = x.shape.map(() => 0);
    for (let i = 0; i < result.length; i++) {
      const flat = x.shape.reduce(
        (sum, dim, axis) => sum * dim + (axes.includes(axis) ? dim - 1 - place[axis] : place[axis]),
        0,
      );
      result[i] = x.data[flat];
      step(place, x.shape);
    }
    return result;
  },
  samples: [
    { name: "vector", inputs: [{ shape: [7] }], attrs: { axes: [0] } },
    { name: "kernel", inputs: [{ shape: [2, 3, 3, 4] }], attrs: { axes: [2, 3] } },
    { name: "last", inputs: [{ shape: [2, 3] }], attrs: { axes: [-1] } },
    { name: "batch", inputs: [{ shape: [5, 3, 2] }], attrs: { axes: [1] }, batched: true },
  ],
  torch: 'torch.flip(x, attrs["axes"])',
};
