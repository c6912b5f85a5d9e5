/**
 * The Gaussian bell, cut off and scaled to the sum 1: k ∝ exp(−i²/2σ₁² − j²/2σ₂²).
 *
 * Without a size it reaches ⌊truncate·σ + ½⌋ elements to each side, as in SciPy and scikit-image; without σ it takes
 * OpenCV's σ = 0.3·((size − 1)/2 − 1) + 0.8 (which has rounded tables of its own there up to a size of 9).
 */
import { ConvkitError } from "../../core/error.ts";
import { type Pair, pair } from "../pair.ts";
import {
  checkPositive,
  checkSize,
  type Kernel,
  type KernelSpec,
  normalized,
  outerProduct,
} from "./kernel.ts";

export interface GaussianOptions {
  /** Standard deviation in pixels, or [along rows' axis, along columns' axis]. */
  readonly sigma?: Pair;
  readonly size?: Pair;
  /** In standard deviations; 4 by default. */
  readonly truncate?: number;
}

export function gaussian({ sigma, size, truncate = 4 }: GaussianOptions): Kernel {
  if (sigma === undefined && size === undefined) {
    throw new ConvkitError("gaussian", "neither sigma nor size — give one of them, or both");
  }
  const along = (axis: 0 | 1): number[] => {
    const given = size === undefined ? undefined : pair(size)[axis];
    const s =
      sigma === undefined ? 0.3 * (((given as number) - 1) / 2 - 1) + 0.8 : pair(sigma)[axis];
    checkPositive("gaussian", { sigma: s, truncate });
    const n = given ?? 2 * Math.floor(truncate * s + 0.5) + 1;
    checkSize("gaussian", [n, n]);
    return bell(n, s);
  };
  return normalized(outerProduct(along(0), along(1)));
}

/** The bell along one axis, of sum 1: a Gaussian window is the product of two. */
export function gaussianRow(size: number, sigma: number): number[] {
  const values = bell(size, sigma);
  const sum = values.reduce((a, b) => a + b, 0);
  return values.map((value) => value / sum);
}

const bell = (size: number, sigma: number): number[] =>
  Array.from({ length: size }, (_, i) =>
    Math.exp(-((i - (size - 1) / 2) ** 2) / (2 * sigma * sigma)),
  );

export const gaussianSpec: KernelSpec = {
  name: "gaussian",
  formula: "k[i, j] ∝ exp(−i²/2σ₁² − j²/2σ₂²), Σ k = 1",
  shapes: "σ or size or both → rows×columns",
  source: "SciPy's gaussian_filter; OpenCV's getGaussianKernel",
  torch: "torchvision.transforms.GaussianBlur",
  samples: [
    { name: "gaussian: σ 0.8", make: () => gaussian({ sigma: 0.8 }) },
    {
      name: "gaussian: σ 1.5 and 0.5, truncated at 2",
      make: () => gaussian({ sigma: [1.5, 0.5], truncate: 2 }),
    },
    { name: "gaussian: 4, σ 1.2", make: () => gaussian({ sigma: 1.2, size: 4 }) },
    { name: "gaussian: 5×3, σ 1.2", make: () => gaussian({ sigma: 1.2, size: [5, 3] }) },
    { name: "gaussian: 13×11", make: () => gaussian({ size: [13, 11] }) },
  ],
};
