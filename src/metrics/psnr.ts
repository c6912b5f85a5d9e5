/** 10·log₁₀(range²/MSE): peak signal-to-noise ratio of images, in decibel. Infinity where they are equal. */
import { ConvkitError } from "../core/error.ts";
import { type Shape, sizeOf } from "../core/shape.ts";
import { CompensatedSum } from "./compensated-sum.ts";
import { checkPairs, meanError } from "./mean-error.ts";
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
  const image = meanError("psnr", (p, y) => (p - y) ** 2, decibel);
  const sum = new CompensatedSum();
  let seen = 0;
  return {
    update(images, targets) {
      checkPairs("psnr", images, targets, size);
      for (let i = 0; i < targets.length; i += size, seen++) {
        image.update(part(images, i, size), part(targets, i, size));
        sum.add(image.value);
        image.reset();
      }
    },
    get value() {
      return sum.value / seen;
    },
    reset() {
      sum.reset();
      seen = 0;
    },
  };
}

export function checkRange(where: string, dataRange: number): void {
  if (dataRange > 0) return;
  throw new ConvkitError(
    where,
    `dataRange is ${dataRange}, expected the largest difference of two values, above 0`,
  );
}

const part = (values: ArrayLike<number>, start: number, size: number): ArrayLike<number> =>
  Float64Array.from({ length: size }, (_, i) => values[start + i]);

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
