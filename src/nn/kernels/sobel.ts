/** The derivative of brightness along one axis, smoothed along the other by 1 2 1. */
import { type Direction, derivative } from "./derivative.ts";
import type { Kernel, KernelSpec } from "./kernel.ts";

/** OpenCV's sign and scale: brightness that rises to the right or downwards by 1 a pixel gives 8. */
export const sobel = (direction: Direction): Kernel => derivative("sobel", [1, 2, 1], direction);

export const sobelSpec: KernelSpec = {
  name: "sobel",
  formula: "k = [1, 2, 1]ᵀ·[−1, 0, 1]",
  shapes: "direction → 3×3",
  source: "Sobel and Feldman 1968; OpenCV's Sobel",
  torch: null,
  samples: [
    { name: "sobel: x", make: () => sobel("x") },
    { name: "sobel: y", make: () => sobel("y") },
  ],
};
