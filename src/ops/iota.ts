/** yᵢ = i, the position along an axis, as i32; along the batch axis it is the image's number. */
import { ConvkitError } from "../core/error.ts";
import { formatShape, normalizeAxis, type Shape, sizeOf } from "../core/shape.ts";
import type { Op, Oracle } from "./op.ts";

export type IotaAttrs = {
  readonly shape: Shape;
  readonly axis: number;
  readonly batched: boolean;
};

export const iota: Op<IotaAttrs, number> = {
  name: "iota",
  normalize: ({ shape = [], axis = -1, batched = false }) => {
    if (shape.length === 0 || !shape.every((dim) => Number.isInteger(dim) && dim > 0)) {
      throw new ConvkitError("iota", `cannot count along ${formatShape(shape)} — give it an axis`);
    }
    return { shape, axis: normalizeAxis("iota", axis, shape.length), batched };
  },
  infer: (_inputs, { shape, batched }) => ({ shape, dtype: "i32", batched }),
  vjp: () => [],
  lower: (e, _inputs, { axis }, index) => e.fromIndex(index[axis], "i32"),
  flops: () => 0,
};

export const iotaOracle: Oracle<IotaAttrs> = {
  reference: (_inputs, { axis }, { shape }) => {
    const inner = sizeOf(shape.slice(axis + 1));
    return Float64Array.from(
      { length: sizeOf(shape) },
      (_, i) => Math.floor(i / inner) % shape[axis],
    );
  },
  // biome-ignore format: one case a line
  samples: [
    { name: "vector", inputs: [], attrs: { shape: [17], axis: 0, batched: false } },
    { name: "inner axis", inputs: [], attrs: { shape: [2, 5, 3], axis: 1, batched: false } },
    { name: "batch of rows", inputs: [], attrs: { shape: [5, 3], axis: 1, batched: true }, batched: true },
    { name: "images", inputs: [], attrs: { shape: [17, 3], axis: 0, batched: true }, batched: true },
  ],
};
