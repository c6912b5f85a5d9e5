/** The derivative whose direction is the truest that 3×3 elements give: smoothed by 3 10 3. */
import { type Direction, derivative } from "./derivative.ts";
import type { Kernel, KernelSpec } from "./kernel.ts";

/** OpenCV's sign and scale: brightness that rises to the right or downwards by 1 a pixel gives 32. */
export const scharr = (direction: Direction): Kernel => derivative("scharr", [3, 10, 3], direction);

export const scharrSpec: KernelSpec = {
  name: "scharr",
  formula: "k = [3, 10, 3]ᵀ·[−1, 0, 1]",
  shapes: "direction → 3×3",
  source: "Scharr 2000, PhD thesis, Heidelberg; OpenCV's Scharr",
  torch: null,
  samples: [
    { name: "scharr: x", make: () => scharr("x") },
    { name: "scharr: y", make: () => scharr("y") },
  ],
};
