/** Ops along one axis that keep the shape: attribute, samples and the naive walk that softmax and its logarithm share. */
import { normalizeAxis, sizeOf } from "../core/shape.ts";
import type { TensorType } from "../graph/node.ts";
import type { RefArray, Sample } from "../graph/op.ts";
import { keptShape } from "./reduction.ts";
import { flatIndex, step } from "./samples.ts";

export type AxisAttrs = { readonly axis: number };

/** The last axis, if none is given. */
export const normalizeAxisOf =
  (where: string) =>
  ({ axis = -1 }: Partial<AxisAttrs>, [x]: readonly TensorType[]): AxisAttrs => ({
    axis: normalizeAxis(where, axis, x.shape.length),
  });

/** Replaces every line along the axis by `f` of it. */
export function eachLine(f: (values: number[]) => number[]) {
  return ([x]: readonly RefArray[], { axis }: AxisAttrs): Float64Array => {
    const result = new Float64Array(x.data.length);
    const place = x.shape.map(() => 0);
    const kept = keptShape(x.shape, [axis]);
    const lines = Array.from({ length: sizeOf(kept) }, () => [] as number[]);
    for (let i = 0; i < x.data.length; i++) {
      lines[flatIndex(kept, place)].push(i);
      step(place, x.shape);
    }
    for (const positions of lines) {
      const values = f(positions.map((i) => x.data[i]));
      positions.forEach((position, i) => {
        result[position] = values[i];
      });
    }
    return result;
  };
}

export function lineSamples(): Sample[] {
  const make = (name: string, shape: number[], axis: number, batched = false): Sample => ({
    name,
    inputs: [{ shape, low: -5, high: 5 }],
    attrs: { axis },
    batched,
  });
  return [
    make("vector", [10], 0),
    make("rows", [3, 10], -1),
    make("columns", [4, 3], 0),
    make("channels", [2, 5, 3, 2], 1),
    make("batch of rows", [5, 10], 1, true),
    make("over the batch", [5, 3], 0, true),
  ];
}
