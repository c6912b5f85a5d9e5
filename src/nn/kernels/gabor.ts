/**
 * A wave under a bell, which answers to lines of one direction and width, as cells of the visual cortex do:
 *
 *   k = exp(−(u² + γ²v²)/2σ²)·cos(2πu/λ + ψ),   u = x·cos θ + y·sin θ,   v = −x·sin θ + y·cos θ
 *
 * with x and y counted from the middle to the left and upwards, which is how OpenCV's getGaborKernel lays it out.
 */
import { type Pair, pair } from "../pair.ts";
import { checkPositive, checkSize, type Kernel, type KernelSpec, kernelOf } from "./kernel.ts";

export interface GaborOptions {
  readonly size: Pair;
  /** Standard deviation of the bell, in pixels. */
  readonly sigma: number;
  /** Direction of the wave in radians; 0 by default, which answers to vertical lines. */
  readonly theta?: number;
  /** Wavelength in pixels. */
  readonly lambda: number;
  /** Width over length of the bell; 1 by default. */
  readonly gamma?: number;
  /** Phase in radians; π/2 by default, as in OpenCV. */
  readonly psi?: number;
}

export function gabor(options: GaborOptions): Kernel {
  const { size, sigma, theta = 0, lambda, gamma = 1, psi = Math.PI / 2 } = options;
  checkSize("gabor", pair(size));
  checkPositive("gabor", { sigma, lambda, gamma });
  const [cos, sin] = [Math.cos(theta), Math.sin(theta)];
  return kernelOf(pair(size), (i, j) => {
    const u = -j * cos - i * sin;
    const v = j * sin - i * cos;
    const bell = Math.exp(-(u * u + (gamma * v) ** 2) / (2 * sigma * sigma));
    return bell * Math.cos((2 * Math.PI * u) / lambda + psi);
  });
}

export const gaborSpec: KernelSpec = {
  name: "gabor",
  formula: "k = exp(−(u² + γ²v²)/2σ²)·cos(2πu/λ + ψ)",
  shapes: "size, σ, θ, λ, γ, ψ → rows×columns",
  source: "Daugman 1985, JOSA A 2(7); OpenCV's getGaborKernel",
  torch: null,
  samples: [
    { name: "gabor: 5×7", make: () => gabor({ size: [5, 7], sigma: 1.5, lambda: 4 }) },
    {
      name: "gabor: all parameters",
      make: () => gabor({ size: 9, sigma: 2, theta: 0.7, lambda: 5, gamma: 0.5, psi: 0.3 }),
    },
  ],
};
