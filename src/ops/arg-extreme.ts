/**
 * Where along an axis the largest or smallest element stands: what argmax and argmin share. The first of equals
 * wins, and a NaN wins over everything, as in PyTorch.
 */
import { normalizeAxis, sizeOf } from "../core/shape.ts";
import type { RefArray, Sample } from "../graph/op.ts";
import type { Op } from "./op.ts";
import { checkDomain } from "./pointwise.ts";
import { eachReduction, lowerReduction, reducedType } from "./reduction.ts";

export type ArgAttrs = { readonly axis: number; readonly keepDims: boolean };

export function argExtreme(name: "argmax" | "argmin"): Op<ArgAttrs, 1> {
  return {
    name,
    normalize: ({ axis = -1, keepDims = false }, [x]) => ({
      axis: normalizeAxis(name, axis, x.shape.length),
      keepDims,
    }),
    infer: ([x], { axis, keepDims }) => {
      checkDomain(name, "number", [x]);
      return { ...reducedType(x, { axes: [axis], keepDims }), dtype: "i32" };
    },
    lower: (e, inputs, { axis, keepDims }, index, out) =>
      lowerReduction(name)(e, inputs, { axes: [axis], keepDims }, index, out),
    flops: ([x]) => sizeOf(x.shape),
  };
}

/** `before(a, b)`: a wins over b. */
export function argReference(before: (a: number, b: number) => boolean) {
  const reduce = eachReduction((values) => {
    let best = 0;
    for (let i = 1; i < values.length; i++) {
      if (Number.isNaN(values[best])) break;
      if (Number.isNaN(values[i]) || before(values[i], values[best])) best = i;
    }
    return best;
  });
  return (inputs: readonly RefArray[], { axis, keepDims }: ArgAttrs) =>
    reduce(inputs, { axes: [axis], keepDims });
}

export function argSamples(): Sample[] {
  const make = (name: string, shape: number[], axis: number, batched = false): Sample => ({
    name,
    inputs: [{ shape }],
    attrs: { axis, keepDims: axis === 1 },
    batched,
  });
  return [
    make("vector", [17], 0),
    make("rows", [4, 10], -1),
    make("inner, kept", [3, 4, 5], 1),
    make("batch of rows", [5, 10], -1, true),
    make("over the batch", [5, 3], 0, true),
    {
      name: "ties",
      inputs: [{ shape: [2, 4], values: [1, 3, 3, 0, 2, 2, 2, 2] }],
      attrs: { axis: 1, keepDims: false },
    },
    {
      name: "ties at the bottom",
      inputs: [{ shape: [4], values: [1, 0, 3, 0] }],
      attrs: { axis: 0, keepDims: false },
    },
  ];
}
