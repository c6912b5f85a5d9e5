/**
 * Shapes are plain arrays of sizes, outermost axis first: images are N×C×H×W, conv weights O×I×kH×kW.
 */
import { ConvkitError } from "./error.ts";

export type Shape = readonly number[];

export const sizeOf = (shape: Shape): number => shape.reduce((size, dim) => size * dim, 1);

/** `1×3×32×32`; a scalar reads `scalar`. */
export const formatShape = (shape: Shape): string =>
  shape.length === 0 ? "scalar" : shape.join("×");

export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((dim, i) => dim === b[i]);

/** Row-major strides in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = step;
    step *= shape[i];
  }
  return strides;
}

/** Axis −1 is the last one, as in NumPy. */
export function normalizeAxis(where: string, axis: number, rank: number): number {
  const positive = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || positive < 0 || positive >= rank) {
    throw new ConvkitError(where, `axis ${axis} does not exist in a tensor of rank ${rank}`);
  }
  return positive;
}

/** NumPy's broadcasting: align at the last axis; sizes must agree or be 1. */
export function broadcastShapes(where: string, ...shapes: Shape[]): number[] {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  const out = new Array<number>(rank).fill(1);
  for (const shape of shapes) {
    const shift = rank - shape.length;
    for (let i = 0; i < shape.length; i++) {
      if (shape[i] === 1 || shape[i] === out[shift + i]) continue;
      if (out[shift + i] !== 1) {
        throw new ConvkitError(
          where,
          `shapes do not broadcast — ${shapes.map(formatShape).join(", ")}`,
        );
      }
      out[shift + i] = shape[i];
    }
  }
  return out;
}
