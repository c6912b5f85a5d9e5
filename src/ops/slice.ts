/** Elements begin ≤ i < end of each axis, every step-th; negative bounds count from the end, as in Python. */
import { ConvkitError } from "../core/error.ts";
import { formatType } from "./broadcast.ts";
import type { Op, Oracle } from "./op.ts";
import { step } from "./samples.ts";

export type SliceAttrs = {
  readonly begins: readonly number[];
  readonly ends: readonly number[];
  readonly steps: readonly number[];
};

export const slice: Op<SliceAttrs, 1> = {
  name: "slice",
  normalize: ({ begins, ends, steps }, [x]) => {
    const bound = (at: number, dim: number) => Math.min(Math.max(at < 0 ? at + dim : at, 0), dim);
    return {
      begins: x.shape.map((dim, i) => bound(begins?.[i] ?? 0, dim)),
      ends: x.shape.map((dim, i) => bound(ends?.[i] ?? dim, dim)),
      steps: x.shape.map((_, i) => steps?.[i] ?? 1),
    };
  },
  infer: ([x], { begins, ends, steps }) => {
    const shape = x.shape.map((_, i) => Math.ceil((ends[i] - begins[i]) / steps[i]));
    const bad = shape.findIndex(
      (dim, i) => !(dim > 0) || !Number.isInteger(steps[i]) || steps[i] < 1,
    );
    if (bad >= 0) {
      throw new ConvkitError(
        "slice",
        `${begins[bad]} ≤ i < ${ends[bad]} by ${steps[bad]} takes nothing from axis ${bad} of ` +
          `${formatType(x)} — steps are at least 1`,
      );
    }
    if (x.batched && shape[0] !== x.shape[0]) {
      throw new ConvkitError(
        "slice",
        `the batch axis (*) of ${formatType(x)} cannot be cut — give the program fewer images`,
      );
    }
    return { shape, dtype: x.dtype, batched: x.batched };
  },
  // Its adjoint puts the elements back and zeros between and around them.
  vjp: (g, ct, [x], { begins, steps }) => [
    g.pad(ct, {
      before: begins,
      after: x.shape.map((dim, i) => dim - begins[i] - (ct.shape[i] - 1) * steps[i] - 1),
      interior: steps.map((by) => by - 1),
      value: 0,
    }),
  ],
  lower: (e, [x], { begins, steps }, index) =>
    x.at(...index.map((at, i) => e.iadd(e.imul(at, steps[i]), begins[i]))),
  flops: () => 0,
};

export const sliceOracle: Oracle<SliceAttrs> = {
  reference: ([x], { begins, steps }, out) => {
    const result = new Float64Array(out.shape.reduce((size, dim) => size * dim, 1));
    const place = out.shape.map(() => 0);
    for (let i = 0; i < result.length; i++) {
      const flat = x.shape.reduce(
        (sum, dim, axis) => sum * dim + begins[axis] + place[axis] * steps[axis],
        0,
      );
      result[i] = x.data[flat];
      step(place, out.shape);
    }
    return result;
  },
  samples: [
    { name: "middle", inputs: [{ shape: [9] }], attrs: { begins: [2], ends: [7], steps: [1] } },
    {
      name: "steps",
      inputs: [{ shape: [3, 10] }],
      attrs: { begins: [0, 1], ends: [3, 10], steps: [2, 3] },
    },
    {
      name: "negative",
      inputs: [{ shape: [4, 6] }],
      attrs: { begins: [-3, 0], ends: [4, -2], steps: [1, 1] },
    },
    {
      name: "batch",
      inputs: [{ shape: [5, 4, 3] }],
      attrs: { begins: [0, 1, 0], ends: [99, 4, 3], steps: [1, 2, 1] },
      batched: true,
    },
  ],
  torch:
    'x[tuple(slice(b, e, s) for b, e, s in zip(attrs["begins"], attrs["ends"], attrs["steps"]))]',
};
