/**
 * Samples and naive meanings that many oracles share. Oracles mark their calls of these functions as pure, so that
 * a bundler drops the oracles which nobody imports.
 */
import type { Attrs, TensorType } from "../graph/node.ts";
import type { RefArray, Sample, SampleInput } from "../graph/op.ts";

type Draw = Omit<SampleInput, "shape">;
type Reference<A extends Attrs> = (
  inputs: readonly RefArray[],
  attrs: A,
  out: TensorType,
) => Float64Array;

/** `label` tells them from those of other attributes. */
export function unarySamples<A extends Attrs>(
  x: Draw & { attrs?: A; label?: string } = {},
): Sample[] {
  const { attrs = {}, label, ...draw } = x;
  const named = (name: string, shape: number[], batched = false): Sample => ({
    name: label ? `${name}, ${label}` : name,
    inputs: [{ ...draw, shape }],
    attrs,
    ...(batched && { batched }),
  });
  return [
    named("scalar", []),
    named("vector", [17]),
    named("image", [2, 3, 5]),
    named("batch", [5, 3, 2], true),
  ];
}

/** Every way in which two shapes meet. */
export function binarySamples(a: Draw = {}, b: Draw = a): Sample[] {
  const pair = (name: string, left: number[], right: number[], batched = false): Sample => ({
    name,
    inputs: [
      { ...a, shape: left },
      { ...b, shape: right, ...(batched && right.length < left.length && { static: true }) },
    ],
    batched,
  });
  return [
    pair("same", [3, 7], [3, 7]),
    pair("scalar right", [2, 9], []),
    pair("scalar left", [], [5]),
    pair("column and row", [4, 1], [1, 3]),
    pair("inner axis", [2, 3, 4], [3, 1]),
    pair("batch", [5, 3], [5, 3], true),
    pair("batch and bias", [6, 3], [3], true),
    pair("batch of columns", [4, 3, 2], [4, 1, 2], true),
    {
      name: "batch and static 1×C×1",
      inputs: [
        { ...a, shape: [5, 3, 2] },
        { ...b, shape: [1, 3, 1], static: true },
      ],
      batched: true,
    },
  ];
}

export function each<A extends Attrs>(f: (x: number, attrs: A) => number): Reference<A> {
  return ([x], attrs) => x.data.map((value) => f(value, attrs));
}

/** `f` over the elements that broadcasting brings together. */
export function eachBroadcast<A extends Attrs>(f: (...x: number[]) => number): Reference<A> {
  return (inputs, _attrs, out) => {
    const result = new Float64Array(out.shape.reduce((size, dim) => size * dim, 1));
    const place = out.shape.map(() => 0);
    const [a, b = a, c = a] = inputs.map((x) => elementAt(x, out.shape, place));
    for (let i = 0; i < result.length; i++) {
      result[i] = f(a(i), b(i), c(i));
      step(place, out.shape);
    }
    return result;
  };
}

/** The element of `x` at result position i, which stands at `place`. */
function elementAt(
  { shape, data }: RefArray,
  out: readonly number[],
  place: readonly number[],
): (i: number) => number {
  if (data.length === 1) return () => data[0];
  if (shape.join() === out.join()) return (i) => data[i];
  return () => data[flatIndex(shape, place)];
}

/** Row-major position in `shape` of a place in a result of higher or equal rank. */
export function flatIndex(shape: readonly number[], place: readonly number[]): number {
  const shift = place.length - shape.length;
  return shape.reduce((flat, dim, i) => flat * dim + (dim === 1 ? 0 : place[shift + i]), 0);
}

/** Moves `place` to the next position in row-major order. */
export function step(place: number[], shape: readonly number[]): void {
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (++place[axis] < shape[axis]) return;
    place[axis] = 0;
  }
}
