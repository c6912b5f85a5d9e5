/** The derivative of brightness along one axis, smoothed along the other by a plain mean. */
import { type Direction, derivative } from "./derivative.ts";
import type { Kernel, KernelSpec } from "./kernel.ts";

/** OpenCV's sign and scale: brightness that rises to the right or downwards by 1 a pixel gives 6. */
export const prewitt = (direction: Direction): Kernel =>
  derivative("prewitt", [1, 1, 1], direction);

export const prewittSpec: KernelSpec = {
  name: "prewitt",
  formula: "k = [1, 1, 1]ᵀ·[−1, 0, 1]",
  shapes: "direction → 3×3",
  source: "Prewitt 1970, Object enhancement and extraction",
  torch: null,
  samples: [
    { name: "prewitt: x", make: () => prewitt("x") },
    { name: "prewitt: y", make: () => prewitt("y") },
  ],
};
