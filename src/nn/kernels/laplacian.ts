/** The sum of second derivatives, ∂²/∂x² + ∂²/∂y², over four neighbours or over all eight. */
import { ConvkitError } from "../../core/error.ts";
import type { Kernel, KernelSpec } from "./kernel.ts";

export interface LaplacianOptions {
  /** 4 by default. */
  readonly neighbours?: 4 | 8;
}

export function laplacian({ neighbours = 4 }: LaplacianOptions = {}): Kernel {
  if (neighbours !== 4 && neighbours !== 8) {
    throw new ConvkitError("laplacian", `neighbours is ${neighbours}, expected 4 or 8`);
  }
  const corner = neighbours === 8 ? 1 : 0;
  return { shape: [3, 3], values: [corner, 1, corner, 1, -neighbours, 1, corner, 1, corner] };
}

export const laplacianSpec: KernelSpec = {
  name: "laplacian",
  formula: "k = [0 1 0; 1 −4 1; 0 1 0] or [1 1 1; 1 −8 1; 1 1 1]",
  shapes: "neighbours → 3×3",
  source: "OpenCV's Laplacian",
  torch: null,
  samples: [
    { name: "laplacian: 4", make: () => laplacian() },
    { name: "laplacian: 8", make: () => laplacian({ neighbours: 8 }) },
  ],
};
