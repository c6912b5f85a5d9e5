/** 10·log₁₀(range²/MSE): peak signal-to-noise ratio of images, in decibel. Infinity where they are equal. */
import { ConvkitError } from "../core/error.ts";
import { type Shape, sizeOf } from "../core/shape.ts";
import { meanError, meanOfImages } from "./mean-error.ts";
import type { Metric } from "./metric.ts";
import type { MetricSpec } from "./metric-spec.ts";

export interface PsnrOptions {
  /** The largest difference that two values may have: 1, by default, or 255 for bytes. */
  readonly dataRange?: number;
  /** Of one image, C×H×W: the mean of each image's ratio. Left out: the ratio of the error over all images. */
  readonly shape?: Shape;
}

export function psnr(options: PsnrOptions = {}): Metric<number> {
  const { dataRange = 1, shape } = options;
  checkRange("psnr", dataRange);
  const decibel = (mse: number) => 10 * Math.log10(dataRange ** 2 / mse);
  if (shape === undefined) return meanError("psnr", (p, y) => (p - y) ** 2, decibel);
  const size = sizeOf(shape);
  return meanOfImages("psnr", shape, (images, targets, start) => {
    let sum = 0;
    for (let i = start; i < start + size; i++) sum += (images[i] - targets[i]) ** 2;
    return decibel(sum / size);
  });
}

export function checkRange(where: string, dataRange: number): void {
  if (dataRange > 0) return;
  throw new ConvkitError(
    where,
    `dataRange is ${dataRange}, expected the largest difference of two values, above 0`,
  );
}

export const psnrSpec: MetricSpec = {
  name: "psnr",
  formula: "10·log₁₀(range²/MSE)",
  shapes: "images N×C×H×W, targets N×C×H×W → a number",
  source: "Huynh-Thu and Ghanbari 2008, Electronics Letters 44(13), eq. 1",
  torch: "skimage.metrics.peak_signal_noise_ratio",
  memory: "constant",
  nan: "spreads",
  // biome-ignore format: one case a line
  samples: [
    { name: "over all", make: () => psnr(), draw: { n: 3, values: [3, 6, 5] }, expected: "skimage.metrics.peak_signal_noise_ratio(y, s, data_range=1)" },
    { name: "mean of images, another range", make: () => psnr({ dataRange: 255, shape: [1, 8, 7] }), draw: { n: 4, values: [1, 8, 7] }, expected: "np.mean([skimage.metrics.peak_signal_noise_ratio(a, b, data_range=255) for a, b in zip(y, s)])" },
  ],
};
