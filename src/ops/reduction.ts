/**
 * What reductions share: axes in canonical form, shapes with and without the reduced axes, the lowering, and
 * the number of elements that went into one result.
 */
import { ConvkitError } from "../core/error.ts";
import { normalizeAxis, type Shape, sizeOf } from "../core/shape.ts";
import type { Lower, ReduceFn } from "../graph/lower.ts";
import type { TensorType } from "../graph/node.ts";
import type { RefArray, Sample, SampleInput } from "../graph/op.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { Op } from "./op.ts";
import { flatIndex, step } from "./samples.ts";

export type ReduceAttrs = { readonly axes: readonly number[]; readonly keepDims: boolean };
export type ReduceOp = Op<ReduceAttrs, 1>;

/** Axes sorted, from 0; all of them when none are given. */
export const normalizeAxes =
  (where: string) =>
  (given: Partial<ReduceAttrs>, [x]: readonly TensorType[]): ReduceAttrs => {
    const rank = x.shape.length;
    const axes = (given.axes ?? x.shape.map((_, i) => i)).map((a) => normalizeAxis(where, a, rank));
    if (new Set(axes).size !== axes.length) {
      throw new ConvkitError(where, `axes ${given.axes} name an axis twice`);
    }
    return { axes: axes.sort((a, b) => a - b), keepDims: given.keepDims ?? false };
  };

/** The shape with the reduced axes kept as 1. */
export const keptShape = (shape: Shape, axes: readonly number[]): number[] =>
  shape.map((dim, i) => (axes.includes(i) ? 1 : dim));

export function reducedType(x: TensorType, { axes, keepDims }: ReduceAttrs): TensorType {
  const shape = keepDims ? keptShape(x.shape, axes) : x.shape.filter((_, i) => !axes.includes(i));
  return { shape, dtype: x.dtype, batched: x.batched && !axes.includes(0) };
}

/** Puts the reduced axes back as 1, so that a result or its cotangent broadcasts against the input. */
export function withKeptAxes(t: Tensor, x: Tensor, { axes, keepDims }: ReduceAttrs): Tensor {
  return keepDims || axes.length === 0 ? t : t.reshape(...keptShape(x.shape, axes));
}

/** How many elements make one result: over the batch axis these are the images of the run. */
export function reducedCount(x: Tensor, axes: readonly number[]): Tensor {
  const overBatch = x.batched && axes.includes(0);
  const fixed = axes.filter((axis) => !(overBatch && axis === 0));
  const size = sizeOf(fixed.map((axis) => x.shape[axis]));
  if (!overBatch) return x.builder.constant(size, x.dtype);
  const count = x.builder.count().to(x.dtype);
  return size === 1 ? count : count.mul(size);
}

/** The gradient of a maximum or minimum: equal extremes share it evenly. */
export function extremeGradient(ct: Tensor, x: Tensor, attrs: ReduceAttrs, y: Tensor): Tensor {
  const mask = x.eq(withKeptAxes(y, x, attrs)).to(x.dtype);
  const count = mask.sum(attrs.axes, true);
  return mask.mul(withKeptAxes(ct, x, attrs).div(count));
}

export const lowerReduction =
  (fn: ReduceFn): Lower<ReduceAttrs> =>
  (e, [x], { axes, keepDims }, index) => {
    const kept = x.shape.map((_, i) => i).filter((axis) => !axes.includes(axis));
    const outer = (axis: number) => index[keepDims ? axis : kept.indexOf(axis)];
    if (axes.length === 0) return x.at(...index);
    const extents = axes.map((axis) => (axis === 0 && x.batched ? "batch" : x.shape[axis]));
    return e.reduce(fn, extents, (at) =>
      x.at(...x.shape.map((_, i) => (axes.includes(i) ? at[axes.indexOf(i)] : outer(i)))),
    );
  };

/** Naive: gathers the elements of each result, in row-major order, and hands them to `f`. */
export function eachReduction(f: (values: number[]) => number) {
  return ([x]: readonly RefArray[], { axes }: ReduceAttrs): Float64Array => {
    const kept = keptShape(x.shape, axes);
    const groups = Array.from({ length: sizeOf(kept) }, () => [] as number[]);
    const place = x.shape.map(() => 0);
    for (const value of x.data) {
      groups[flatIndex(kept, place)].push(value);
      step(place, x.shape);
    }
    return Float64Array.from(groups, f);
  };
}

export function reduceSamples(draw: Omit<SampleInput, "shape"> = {}): Sample[] {
  const make = (shape: number[], axes: number[], keepDims: boolean, batched = false): Sample => ({
    name: `${batched ? "batch " : ""}${shape.join("×")} over ${axes.join() || "nothing"}${keepDims ? ", kept" : ""}`,
    inputs: [{ ...draw, shape }],
    attrs: { axes, keepDims },
    batched,
  });
  return [
    make([17], [0], false),
    make([3, 4, 5], [1], false),
    make([3, 4, 5], [0, 2], true),
    make([3, 4, 5], [0, 1, 2], false),
    make([2, 3, 4, 5], [2, 3], false),
    make([3, 2], [], false),
    make([5, 3, 2], [0], false, true),
    make([5, 3, 2], [0, 2], true, true),
    make([5, 3, 2], [1], false, true),
    make([5, 3, 2], [1, 2], true, true),
    make([5, 3, 2], [0, 1, 2], false, true),
  ];
}
