/** 1 where a new last axis stands at the index, else 0; an index outside the classes gives zeros only. */
import { ConvkitError } from "../core/error.ts";
import { sizeOf } from "../core/shape.ts";
import type { Op, Oracle } from "./op.ts";

export type OneHotAttrs = { readonly classes: number };

export const oneHot: Op<OneHotAttrs, 1> = {
  name: "oneHot",
  normalize: ({ classes = 0 }) => ({ classes }),
  infer: ([index], { classes }) => {
    if (index.dtype !== "i32") {
      throw new ConvkitError("oneHot", `takes i32, got ${index.dtype} — convert with .to("i32")`);
    }
    if (!Number.isInteger(classes) || classes < 1) {
      throw new ConvkitError(
        "oneHot",
        `classes is ${classes}, expected a whole number of at least 1`,
      );
    }
    return { shape: [...index.shape, classes], dtype: "f32", batched: index.batched };
  },
  vjp: () => [null],
  lower: (e, [index], _attrs, place) => {
    const last = place.length - 1;
    const isHere = e.binary(
      "eq",
      index.at(...place.slice(0, last)),
      e.fromIndex(place[last], "i32"),
    );
    return e.select(isHere, e.constant(1), e.constant(0));
  },
  flops: () => 0,
};

export const oneHotOracle: Oracle<OneHotAttrs> = {
  reference: ([index], { classes }, out) => {
    const y = new Float64Array(sizeOf(out.shape));
    index.data.forEach((label, i) => {
      if (label >= 0 && label < classes) y[i * classes + label] = 1;
    });
    return y;
  },
  // biome-ignore format: one case a line
  samples: [
    { name: "scalar", inputs: [{ shape: [], dtype: "i32", values: [2] }], attrs: { classes: 3 } },
    { name: "vector", inputs: [{ shape: [7], dtype: "i32", low: 0, high: 4 }], attrs: { classes: 5 } },
    { name: "map", inputs: [{ shape: [2, 3], dtype: "i32", low: 0, high: 2 }], attrs: { classes: 3 } },
    { name: "batch", inputs: [{ shape: [17], dtype: "i32", low: 0, high: 9 }], attrs: { classes: 10 }, batched: true },
    { name: "batch of maps", inputs: [{ shape: [5, 3], dtype: "i32", low: 0, high: 1 }], attrs: { classes: 2 }, batched: true },
  ],
  torch: 'F.one_hot(x.long(), attrs["classes"]).double()',
};
