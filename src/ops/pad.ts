/**
 * Puts `value` around the elements, `before` and `after` along each axis, and `interior` times between neighbours:
 * the adjoint of `slice`. To cut instead of padding, use `slice`.
 */
import { ConvkitError } from "../core/error.ts";
import { sizeOf } from "../core/shape.ts";
import type { Guard, Index } from "../graph/lower.ts";
import { formatType } from "./broadcast.ts";
import type { Op, Oracle } from "./op.ts";
import { step } from "./samples.ts";

export type PadAttrs = {
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly interior: readonly number[];
  readonly value: number;
};

export const pad: Op<PadAttrs, 1> = {
  name: "pad",
  normalize: ({ before, after, interior, value = 0 }, [x]) => {
    const none = x.shape.map(() => 0);
    return { before: before ?? none, after: after ?? none, interior: interior ?? none, value };
  },
  infer: ([x], { before, after, interior }) => {
    for (const list of [before, after, interior]) {
      const fits =
        list.length === x.shape.length && list.every((n) => Number.isInteger(n) && n >= 0);
      if (fits) continue;
      throw new ConvkitError(
        "pad",
        `${JSON.stringify(list)} must hold a whole number from 0 on for each axis of ${formatType(x)} — ` +
          "to cut, use slice",
      );
    }
    if (x.batched && before[0] + after[0] + interior[0] > 0) {
      throw new ConvkitError("pad", `the batch axis (*) of ${formatType(x)} cannot be padded`);
    }
    const shape = x.shape.map(
      (dim, i) => before[i] + after[i] + dim + Math.max(0, dim - 1) * interior[i],
    );
    return { shape, dtype: x.dtype, batched: x.batched };
  },
  vjp: (g, ct, [x], { before, interior }) => [
    g.slice(ct, {
      begins: before,
      ends: x.shape.map((dim, i) => before[i] + dim + Math.max(0, dim - 1) * interior[i]),
      steps: interior.map((n) => n + 1),
    }),
  ],
  lower: (e, [x], { before, interior, value }, index) => {
    const guards: Guard[] = [];
    const at: Index[] = index.map((place, i) => {
      const stride = interior[i] + 1;
      if (before[i] === 0 && stride === 1 && x.batched && i === 0) return place;
      // (i − before)/stride; whole strides are added first, so that nothing negative is divided.
      const lift = Math.ceil(before[i] / stride);
      const scaled = e.iadd(place, lift * stride - before[i]);
      const from = e.iadd(e.idiv(scaled, stride), -lift);
      guards.push({ index: e.imod(scaled, stride), low: 0, high: 1 });
      guards.push({ index: from, low: 0, high: x.shape[i] });
      return from;
    });
    return e.guard(guards, () => x.at(...at), e.constant(value, x.dtype));
  },
  flops: () => 0,
};

export const padOracle: Oracle<PadAttrs> = {
  reference: ([x], { before, interior, value }, out) => {
    const y = new Float64Array(sizeOf(out.shape)).fill(value);
    const place = x.shape.map(() => 0);
    for (const element of x.data) {
      const to = place.map((p, i) => before[i] + p * (interior[i] + 1));
      y[out.shape.reduce((flat, dim, i) => flat * dim + to[i], 0)] = element;
      step(place, x.shape);
    }
    return y;
  },
  // biome-ignore format: one case a line
  samples: [
    { name: "vector", inputs: [{ shape: [3] }], attrs: { before: [2], after: [1] } },
    { name: "image", inputs: [{ shape: [2, 3, 4] }], attrs: { before: [0, 1, 2], after: [0, 2, 0] } },
    { name: "value", inputs: [{ shape: [2, 3] }], attrs: { before: [1, 0], after: [0, 2], value: 7.5 } },
    { name: "interior", inputs: [{ shape: [3, 4] }], attrs: { interior: [1, 2] } },
    { name: "interior and sides", inputs: [{ shape: [2, 3] }], attrs: { before: [1, 4], after: [2, 0], interior: [3, 1], value: -1 } },
    { name: "batch", inputs: [{ shape: [5, 3, 2] }], attrs: { before: [0, 1, 3], after: [0, 2, 0], interior: [0, 0, 1] }, batched: true },
  ],
  torch: "pad(x, attrs)",
};
