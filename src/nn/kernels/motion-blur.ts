/**
 * What a point becomes while the camera moves `length` pixels along a line: k ∝ max(0, 1 − r), r the distance of the
 * pixel from a segment through the middle.
 */
import { ConvkitError } from "../../core/error.ts";
import { checkPositive, type Kernel, type KernelSpec, kernelOf, normalized } from "./kernel.ts";

export interface MotionBlurOptions {
  /** In pixels, the two at the ends included. */
  readonly length: number;
  /** In degrees, counter-clockwise from the horizontal; 0 by default. */
  readonly angle?: number;
}

export function motionBlur({ length, angle = 0 }: MotionBlurOptions): Kernel {
  checkPositive("motionBlur", { length });
  if (!Number.isFinite(angle)) {
    throw new ConvkitError("motionBlur", `angle is ${angle}, expected degrees`);
  }
  const half = Math.max(0, (length - 1) / 2);
  const radians = (angle * Math.PI) / 180;
  // Rows count downwards.
  const [dx, dy] = [Math.cos(radians), -Math.sin(radians)];
  const weight = (i: number, j: number): number => {
    const along = Math.min(Math.max(j * dx + i * dy, -half), half);
    return Math.max(0, 1 - Math.hypot(j - along * dx, i - along * dy));
  };
  // Pixels nearer than 1 to the segment; what rounding adds to a whole number is no pixel.
  const reach = (step: number): number => Math.ceil(half * Math.abs(step) + 1 - 1e-9) - 1;
  return normalized(kernelOf([2 * reach(dy) + 1, 2 * reach(dx) + 1], weight));
}

export const motionBlurSpec: KernelSpec = {
  name: "motionBlur",
  formula: "k ∝ max(0, 1 − distance from the segment), Σ k = 1",
  shapes: "length, angle → rows×columns, as small as the segment allows",
  source: 'as MATLAB\'s fspecial("motion") draws it',
  torch: null,
  samples: [
    { name: "motionBlur: 5", make: () => motionBlur({ length: 5 }) },
    { name: "motionBlur: 4, 90°", make: () => motionBlur({ length: 4, angle: 90 }) },
    { name: "motionBlur: 7.5, 30°", make: () => motionBlur({ length: 7.5, angle: 30 }) },
    { name: "motionBlur: 6, −60°", make: () => motionBlur({ length: 6, angle: -60 }) },
  ],
};
