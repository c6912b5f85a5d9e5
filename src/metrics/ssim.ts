/**
 * Structural similarity of images: in a Gaussian window around every pixel, with means μ, variances σ² and covariance σ_xy,
 *   (2·μ_x·μ_y + C₁)(2·σ_xy + C₂)/((μ_x² + μ_y² + C₁)(σ_x² + σ_y² + C₂)),  C₁ = (K₁·range)², C₂ = (K₂·range)²,
 * averaged over the windows that lie within the image, channels and images.
 * Wang, Bovik, Sheikh and Simoncelli 2004, IEEE Transactions on Image Processing 13(4), equation 13.
 */
import { ConvkitError } from "../core/error.ts";
import { formatShape, type Shape } from "../core/shape.ts";
import { gaussianRow } from "../nn/kernels/gaussian.ts";
import { meanOfImages } from "./mean-error.ts";
import type { Metric } from "./metric.ts";
import type { MetricSpec } from "./metric-spec.ts";
import { checkRange } from "./psnr.ts";

export interface SsimOptions {
  /** Of one image: C×H×W. */
  readonly shape: Shape;
  /** The largest difference that two values may have: 1, by default, or 255 for bytes. */
  readonly dataRange?: number;
  /** Side of the window, odd. 11 by default. */
  readonly kernel?: number;
  /** Standard deviation of the window in pixels. 1.5 by default. */
  readonly sigma?: number;
  /** 0.01 by default. */
  readonly k1?: number;
  /** 0.03 by default. */
  readonly k2?: number;
}

export function ssim(options: SsimOptions): Metric<number> {
  const [channels, height, width] = imageShape("ssim", options.shape);
  const planes = new SimilarityPlanes("ssim", options);
  return meanOfImages("ssim", options.shape, (images, targets, start) => {
    let sum = 0;
    for (let c = 0; c < channels; c++) {
      const at = start + c * height * width;
      sum += planes.compare(images, targets, at, height, width).ssim;
    }
    return sum / channels;
  });
}

export function imageShape(where: string, shape: Shape): [number, number, number] {
  if (shape.length === 3 && shape.every((dim) => Number.isInteger(dim) && dim > 0)) {
    return [shape[0], shape[1], shape[2]];
  }
  throw new ConvkitError(where, `images of shape ${formatShape(shape)}, expected C×H×W`);
}

/** Compares one channel of two images at a time, in memory of its own. */
export class SimilarityPlanes {
  readonly #kernel: Float64Array;
  readonly #c1: number;
  readonly #c2: number;
  /** One row of windows' sums, for each of x, y, x², y², xy. */
  readonly #rows: Float64Array[];

  constructor(where: string, options: SsimOptions) {
    const { dataRange = 1, kernel = 11, sigma = 1.5, k1 = 0.01, k2 = 0.03 } = options;
    const [, height, width] = imageShape(where, options.shape);
    checkRange(where, dataRange);
    if (!Number.isInteger(kernel) || kernel < 1 || kernel % 2 === 0 || !(sigma > 0)) {
      throw new ConvkitError(
        where,
        `window of side ${kernel} and σ ${sigma} — the side is odd and whole, σ above 0`,
      );
    }
    if (height < kernel || width < kernel) {
      throw new ConvkitError(
        where,
        `a window of ${kernel}×${kernel} does not fit into images ${formatShape(options.shape)} — give a smaller kernel`,
      );
    }
    this.#kernel = Float64Array.from(gaussianRow(kernel, sigma));
    this.#c1 = (k1 * dataRange) ** 2;
    this.#c2 = (k2 * dataRange) ** 2;
    this.#rows = Array.from({ length: 5 }, () => new Float64Array(width));
  }

  /** Means over windows: of the whole, and of the second factor, contrast and structure. */
  compare(
    x: ArrayLike<number>,
    y: ArrayLike<number>,
    start: number,
    height: number,
    width: number,
  ): { ssim: number; contrast: number } {
    const side = this.#kernel.length;
    const [rx, ry, rxx, ryy, rxy] = this.#rows;
    let ssim = 0;
    let contrast = 0;
    for (let top = 0; top <= height - side; top++) {
      this.#sumColumns(x, y, start + top * width, width);
      for (let left = 0; left <= width - side; left++) {
        const mx = this.#sumRow(rx, left);
        const my = this.#sumRow(ry, left);
        const vx = this.#sumRow(rxx, left) - mx * mx;
        const vy = this.#sumRow(ryy, left) - my * my;
        const cov = this.#sumRow(rxy, left) - mx * my;
        const cs = (2 * cov + this.#c2) / (vx + vy + this.#c2);
        contrast += cs;
        ssim += (cs * (2 * mx * my + this.#c1)) / (mx * mx + my * my + this.#c1);
      }
    }
    const windows = (height - side + 1) * (width - side + 1);
    return { ssim: ssim / windows, contrast: contrast / windows };
  }

  /** Down the columns: the window is a product of two Gaussians. */
  #sumColumns(x: ArrayLike<number>, y: ArrayLike<number>, start: number, width: number): void {
    const [rx, ry, rxx, ryy, rxy] = this.#rows;
    for (const row of this.#rows) row.fill(0);
    for (let k = 0; k < this.#kernel.length; k++) {
      const weight = this.#kernel[k];
      const from = start + k * width;
      for (let i = 0; i < width; i++) {
        const a = x[from + i];
        const b = y[from + i];
        rx[i] += weight * a;
        ry[i] += weight * b;
        rxx[i] += weight * a * a;
        ryy[i] += weight * b * b;
        rxy[i] += weight * a * b;
      }
    }
  }

  #sumRow(row: Float64Array, left: number): number {
    let sum = 0;
    for (let k = 0; k < this.#kernel.length; k++) sum += this.#kernel[k] * row[left + k];
    return sum;
  }
}

export const ssimSpec: MetricSpec = {
  name: "ssim",
  formula: "(2·μ_x·μ_y + C₁)(2·σ_xy + C₂)/((μ_x² + μ_y² + C₁)(σ_x² + σ_y² + C₂))",
  shapes: "images N×C×H×W, targets N×C×H×W → a number",
  source: "Wang et al. 2004, IEEE Transactions on Image Processing 13(4), eq. 13",
  torch: "skimage.metrics.structural_similarity",
  memory: "constant",
  nan: "spreads",
  // biome-ignore format: one case a line
  samples: [
    { name: "colour", make: () => ssim({ shape: [3, 17, 14] }), draw: { n: 2, values: [3, 17, 14] }, expected: "ssim(y, s)" },
    { name: "another range", make: () => ssim({ shape: [1, 11, 20], dataRange: 255 }), draw: { n: 3, values: [1, 11, 20] }, expected: "ssim(y, s, data_range=255)" },
    { name: "a smaller window", make: () => ssim({ shape: [1, 9, 8], kernel: 5, sigma: 0.6, k1: 0.02, k2: 0.05 }), draw: { n: 2, values: [1, 9, 8] }, expected: "ssim(y, s, sigma=0.6, truncate=3.5, K1=0.02, K2=0.05)" },
  ],
};
