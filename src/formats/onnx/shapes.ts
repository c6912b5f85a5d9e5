/** Shapes and ranges as the arguments of ONNX's operators tell them; the same for constants and for tensors. */
import { type Shape, sizeOf } from "../../core/shape.ts";
import type { Arguments } from "./arguments.ts";
import { axisOf } from "./value.ts";

/** More axes than any tensor has. */
const MOST_AXES = 64;

/** The axes told by an attribute or as input `input`; undefined where none are. */
export function axesOf(args: Arguments, input: number, rank: number): number[] | undefined {
  const axes = args.either("axes", input);
  args.bounded(axes?.length ?? 0, MOST_AXES);
  return axes?.map((axis) => axisOf(axis, rank));
}

/** Of Reshape: 0 keeps the size, −1 takes what is left. `fixed` is the batch size the file was made for. */
export function reshapedShape(args: Arguments, from: Shape, fixed: number): Shape {
  const sizes = args.either("shape", 1) ?? [];
  args.bounded(sizes.length, MOST_AXES);
  const keepsZero = args.flag("allowzero");
  const asked = sizes.map((size, i) => (size === 0 && !keepsZero ? from[i] : size));
  const size = sizeOf(from);
  if (fixed === 1) return withRest(asked, size);
  // Written down for a batch of several images; ours is one. The size that the batch is in, alone or times heads or windows,
  // is found by what becomes of the other axes: most of them stay.
  const others = asked.flatMap((dim, i) =>
    dim > 0 && dim % fixed === 0 ? [asked.with(i, dim / fixed)] : [],
  );
  const fitting = [asked, ...others]
    .map((sizes) => withRest(sizes, size))
    .filter((shape) => shape.every(Number.isInteger) && sizeOf(shape) === size);
  const [best] = fitting.sort((a, b) => likeness(b, from) - likeness(a, from));
  return best ?? withRest(asked, size);
}

/** How many axes of a reshaped tensor end where one of the original ends; of equals, how many are of the same size. */
function likeness(shape: Shape, from: Shape): number {
  const ends = (of: Shape) => new Set(of.map((_, i) => sizeOf(of.slice(0, i + 1))));
  const before = ends(from);
  const kept = [...ends(shape)].filter((end) => before.has(end)).length;
  const same = shape.filter((dim, i) => dim === from[i]).length;
  return kept + same / (2 * MOST_AXES);
}

function withRest(shape: readonly number[], size: number): number[] {
  const others = sizeOf(shape.filter((dim) => dim !== -1));
  return shape.map((dim) => (dim === -1 ? size / others : dim));
}

/** Of Flatten: what comes before the axis, and the rest. */
export function flattenedShape(args: Arguments, from: Shape): Shape {
  const given = args.number("axis", 1);
  const axis = given < 0 ? given + from.length : given;
  return [sizeOf(from.slice(0, axis)), sizeOf(from.slice(axis))];
}

export function squeezedShape(args: Arguments, from: Shape): Shape {
  const gone = axesOf(args, 1, from.length);
  return from.filter((dim, i) => (gone ? !gone.includes(i) : dim !== 1));
}

export function unsqueezedShape(args: Arguments, from: Shape): Shape {
  const rank = from.length + args.bounded((args.either("axes", 1) ?? []).length, MOST_AXES);
  const added = axesOf(args, 1, rank) ?? [];
  const sizes = [...from];
  return Array.from({ length: rank }, (_, i) =>
    added.includes(i) ? 1 : (sizes.shift() as number),
  );
}

/** Every `step`-th element from `start`, `count` of them; a negative step goes backwards. */
export interface Range {
  readonly axis: number;
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

/** Of Slice: bounds as attributes or as inputs, counted from the end where negative. */
export function rangesOf(args: Arguments, shape: Shape): Range[] {
  const starts = args.either("starts", 1) ?? [];
  const ends = args.either("ends", 2) ?? [];
  const axes = axesOf(args, 3, shape.length) ?? starts.map((_, i) => i);
  const steps = args.numbers(4) ?? starts.map(() => 1);
  return axes.map((axis, i) => {
    const dim = shape[axis];
    const step = steps[i];
    const [low, high] = step > 0 ? [0, dim] : [-1, dim - 1];
    const within = (at: number) => Math.min(Math.max(at < 0 ? at + dim : at, low), high);
    const start = Math.max(0, within(starts[i]));
    return { axis, start, step, count: Math.max(0, Math.ceil((within(ends[i]) - start) / step)) };
  });
}

/** Of Split: sizes that are told, or ⌈dim/parts⌉ each and what is left in the last. */
export function splitSizes(args: Arguments, dim: number): readonly number[] {
  const told = args.either("split", 1);
  if (told) return told;
  const parts = args.bounded(args.number("num_outputs", args.results), args.results);
  const size = Math.ceil(dim / parts);
  return Array.from({ length: parts }, (_, i) => Math.min(size, dim - i * size));
}

/** Of Transpose; without `perm` the order is turned round. */
export const permOf = (args: Arguments, rank: number): readonly number[] =>
  args.list("perm") ?? Array.from({ length: rank }, (_, i) => rank - 1 - i);

/** Axes of a reduction: those told, else all, or none where the attribute says so. */
export function reducedAxes(args: Arguments, rank: number): number[] {
  const axes = axesOf(args, 1, rank) ?? [];
  if (axes.length > 0 || args.flag("noop_with_empty_axes")) return axes;
  return Array.from({ length: rank }, (_, i) => i);
}
