/**
 * Windows that slide over an image, for convolutions and pooling. Along one axis of size H, with kernel k,
 * stride s, dilation d and padding p₀ before and p₁ after:
 *   number of windows = 1 + ⌊(H + p₀ + p₁ − d·(k − 1) − 1)/s⌋
 *   tap j of window o reads position o·s − p₀ + j·d
 */
import { ConvkitError } from "../core/error.ts";
import { formatShape, type Shape } from "../core/shape.ts";
import type { Guard, Index, Lowering } from "../graph/lower.ts";

export type Pair = readonly [number, number];
/** Top, bottom, left, right. */
export type Sides = readonly [number, number, number, number];
export type GivenPair = number | readonly number[];
export type GivenPadding = number | readonly number[] | "same" | "valid";

/** Vertical before horizontal, as in PyTorch. */
export type Window = {
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly padding: Sides;
  readonly dilation: Pair;
};

/** One axis of a window over an image of known size. */
export interface WindowAxis {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly after: number;
  readonly input: number;
  readonly output: number;
}

const wholeFrom = (least: number) => (value: number) => Number.isInteger(value) && value >= least;

export function toPair(where: string, name: string, given: GivenPair, least = 1): Pair {
  const pair = typeof given === "number" ? [given, given] : given;
  if (pair.length !== 2 || !pair.every(wholeFrom(least))) {
    throw new ConvkitError(
      where,
      `${name} is ${given}, expected a whole number of at least ${least}, or [vertical, horizontal]`,
    );
  }
  return [pair[0], pair[1]];
}

/** "same" adds d·(k − 1) in all, the odd one at the end, as PyTorch does; with a stride s it gives ⌈H/s⌉ windows. */
export function toPadding(where: string, given: GivenPadding, kernel: Pair, dilation: Pair): Sides {
  if (given === "valid") return [0, 0, 0, 0];
  if (given === "same") {
    const [v, h] = [0, 1].map((axis) => dilation[axis] * (kernel[axis] - 1));
    return [Math.floor(v / 2), Math.ceil(v / 2), Math.floor(h / 2), Math.ceil(h / 2)];
  }
  const list = typeof given === "number" ? [given, given] : given;
  const known = Array.isArray(list) && (list.length === 2 || list.length === 4);
  if (!known || !list.every(wholeFrom(0))) {
    throw new ConvkitError(
      where,
      `padding is ${given}, expected a whole number, [vertical, horizontal], ` +
        '[top, bottom, left, right], "same" or "valid"',
    );
  }
  if (list.length === 2) return [list[0], list[0], list[1], list[1]];
  return [list[0], list[1], list[2], list[3]];
}

/**
 * The two axes of a window over an image of H×W. With `ceilMode` a last window may hang over the end, provided
 * that it starts in the image or in the padding before it (PyTorch's rule).
 */
export function windowAxes(
  where: string,
  size: Shape,
  { kernel, stride, padding, dilation }: Window,
  ceilMode = false,
): readonly [WindowAxis, WindowAxis] {
  const axis = (i: 0 | 1): WindowAxis => {
    const [before, after] = [padding[2 * i], padding[2 * i + 1]];
    const span = size[i] + before + after - dilation[i] * (kernel[i] - 1) - 1;
    let output = 1 + (ceilMode ? Math.ceil(span / stride[i]) : Math.floor(span / stride[i]));
    if (ceilMode && (output - 1) * stride[i] >= size[i] + before) output--;
    if (output < 1) {
      const reach = [0, 1].map((j) => dilation[j] * (kernel[j] - 1) + 1);
      const padded = [0, 1].map((j) => size[j] + padding[2 * j] + padding[2 * j + 1]);
      throw new ConvkitError(
        where,
        `a window of ${formatShape(reach)} does not fit into ${formatShape(padded)} — ` +
          `image ${formatShape(size)}, kernel ${formatShape(kernel)}, dilation ${dilation}, padding ${padding}`,
      );
    }
    return {
      kernel: kernel[i],
      stride: stride[i],
      dilation: dilation[i],
      before,
      after,
      input: size[i],
      output,
    };
  };
  return [axis(0), axis(1)];
}

/** The position that tap `k` of window `o` reads; the guard holds inside the image. */
export function tapOf(
  e: Lowering,
  axis: WindowAxis,
  o: Index,
  k: Index,
): { readonly at: Index; readonly guard: Guard } {
  const taps = e.iadd(e.imul(o, axis.stride), e.imul(k, axis.dilation));
  const at = e.iadd(taps, -axis.before);
  return { at, guard: { index: at, low: 0, high: axis.input } };
}

/** The other way round: the window whose tap `k` reads position `i`; the guards hold where there is one. */
export function windowOf(
  e: Lowering,
  { kernel, stride, dilation, before, output }: WindowAxis,
  i: Index,
  k: Index,
): { readonly at: Index; readonly guards: readonly Guard[] } {
  // o = (i + p₀ − k·d)/s; whole strides are added first, so that nothing negative is divided.
  const lift = Math.max(0, Math.ceil((dilation * (kernel - 1) - before) / stride));
  const scaled = e.iadd(e.iadd(i, e.imul(k, -dilation)), before + lift * stride);
  const at = e.iadd(e.idiv(scaled, stride), -lift);
  const divides: Guard = { index: e.imod(scaled, stride), low: 0, high: 1 };
  return { at, guards: [divides, { index: at, low: 0, high: output }] };
}

/** True when no position is read twice. */
export const isDisjoint = (axis: WindowAxis): boolean =>
  axis.dilation === 1 && axis.stride >= axis.kernel;

/** For disjoint windows: the one window and tap that read position `i`; the guards hold where there is one. */
export function ownerOf(
  e: Lowering,
  { kernel, stride, before, output }: WindowAxis,
  i: Index,
): { readonly at: Index; readonly tap: Index; readonly guards: readonly Guard[] } {
  const padded = e.iadd(i, before);
  const at = e.idiv(padded, stride);
  const tap = e.imod(padded, stride);
  return {
    at,
    tap,
    guards: [
      { index: tap, low: 0, high: kernel },
      { index: at, low: 0, high: output },
    ],
  };
}
