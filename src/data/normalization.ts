/** Mean and deviation of pictures, channel by channel, and the preprocessing that takes them away. */
import { ConvkitError } from "../core/error.ts";
import type { Preprocessing } from "../image/preprocessing.ts";
import type { ArrayDataset, DatasetFacts } from "./dataset.ts";

/** Of each channel, scaled to 0 … 1. */
export interface Normalization {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/**
 * Mean and deviation of each channel over a training set, scaled to 0 … 1 and rounded to four digits, as they
 * are commonly quoted (MNIST: 0.1307, 0.3081). The sums are integers, so they are exact in any order.
 */
export function measureNormalization(dataset: ArrayDataset): Normalization {
  const [channels, h, w] = dataset.shape;
  const pixels = h * w;
  const histograms = Array.from({ length: channels }, () => new Float64Array(256));
  for (let n = 0; n < dataset.length * channels; n++) {
    const histogram = histograms[n % channels];
    const start = n * pixels;
    for (let p = start; p < start + pixels; p++) histogram[dataset.images[p]]++;
  }
  return normalizationOf(histograms);
}

/** Of how often each byte occurs in each channel. */
export function normalizationOf(histograms: readonly Float64Array[]): Normalization {
  const mean: number[] = [];
  const std: number[] = [];
  for (const histogram of histograms) {
    const count = histogram.reduce((sum, times) => sum + times, 0);
    const total = histogram.reduce((sum, times, byte) => sum + times * byte, 0);
    const squares = histogram.reduce((sum, times, byte) => sum + times * byte * byte, 0);
    const average = total / count;
    const deviation = Math.sqrt(Math.max(0, squares / count - average * average)) / 255;
    mean.push(Math.round((average / 255) * 1e4) / 1e4);
    // A channel of one value is only centred.
    std.push(Math.round(deviation * 1e4) / 1e4 || 1);
  }
  return { mean, std };
}

/** Of a data set with this mean and deviation. */
export function preprocessingWith(dataset: DatasetFacts, normal: Normalization): Preprocessing {
  const [channels, height, width] = dataset.shape;
  const { fit, cropPct, representation } = dataset;
  if (!representation && channels !== 1 && channels !== 3) {
    throw new ConvkitError("data", `${dataset.name}: ${channels} channels, pictures have 1 or 3`);
  }
  const size = { channels, height, width };
  const how = { fit, cropPct, ...(representation && { representation }) };
  return { ...size, ...normal, scale: 1 / 255, ...how };
}
