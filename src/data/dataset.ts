/**
 * Pictures and their classes. Small sets are resident as bytes: MNIST is 47 MB, CIFAR-10 154 MB; they become floats only
 * when a batch is filled.
 */
import { ConvkitError } from "../core/error.ts";
import type { Preprocessing } from "../image/preprocessing.ts";
import type { EncodedImage } from "./encoded-image.ts";

/** What both kinds of data sets say. */
export interface DatasetFacts {
  readonly name: string;
  readonly length: number;
  readonly classes: readonly string[];
  /** [C, H, W] of what a network is given. */
  readonly shape: readonly [number, number, number];
  /** N class numbers. */
  readonly labels: Int32Array;
  /** How pictures of another shape are brought to this one, if they are. */
  readonly fit?: Preprocessing["fit"];
  readonly cropPct?: Preprocessing["cropPct"];
}

/** Resident as bytes. */
export interface Dataset extends DatasetFacts {
  /** N×C×H×W bytes. */
  readonly images: Uint8Array;
}

/** Pictures in files, of any size, that are decoded when they are needed. */
export interface StoredDataset extends DatasetFacts {
  /** N files. */
  readonly files: readonly EncodedImage[];
  /** N class numbers a pixel, as image files of one channel, where pictures are segmented. */
  readonly masks?: readonly EncodedImage[];
}

export interface DatasetPair {
  readonly train: Dataset;
  readonly test: Dataset;
  /** Where the data set brings its own; else split it from `train`. */
  readonly validation?: Dataset;
}

/** Bytes of picture i, a view. */
export function imageAt(dataset: Dataset, i: number): Uint8Array {
  const [c, h, w] = dataset.shape;
  return dataset.images.subarray(i * c * h * w, (i + 1) * c * h * w);
}

/** Chosen pictures as a data set of their own. */
export function subset(dataset: Dataset, indices: ArrayLike<number>): Dataset {
  const [c, h, w] = dataset.shape;
  const images = new Uint8Array(indices.length * c * h * w);
  const labels = new Int32Array(indices.length);
  for (let i = 0; i < indices.length; i++) {
    images.set(imageAt(dataset, indices[i]), i * c * h * w);
    labels[i] = dataset.labels[indices[i]];
  }
  return { ...dataset, length: indices.length, images, labels };
}

/** How many pictures each class has. */
export function countClasses(dataset: Dataset): number[] {
  const counts = new Array<number>(dataset.classes.length).fill(0);
  for (const label of dataset.labels) counts[label]++;
  return counts;
}

/**
 * Mean and deviation of each channel over a training set, scaled to 0 … 1 and rounded to four digits, as they
 * are commonly quoted (MNIST: 0.1307, 0.3081). The sums are integers, so they are exact in any order.
 */
export function measureNormalization(dataset: Dataset): { mean: number[]; std: number[] } {
  const [channels, h, w] = dataset.shape;
  const pixels = h * w;
  const mean: number[] = [];
  const std: number[] = [];
  for (let c = 0; c < channels; c++) {
    const histogram = new Float64Array(256);
    for (let n = 0; n < dataset.length; n++) {
      const start = (n * channels + c) * pixels;
      for (let p = start; p < start + pixels; p++) histogram[dataset.images[p]]++;
    }
    const count = dataset.length * pixels;
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

/** The preprocessing that a model trained on this data set carries. */
export function preprocessingOf(dataset: Dataset): Preprocessing {
  const [channels, height, width] = dataset.shape;
  if (channels !== 1 && channels !== 3) {
    throw new ConvkitError("data", `${dataset.name}: ${channels} channels, pictures have 1 or 3`);
  }
  const { mean, std } = measureNormalization(dataset);
  const { fit, cropPct } = dataset;
  return { channels, height, width, mean, std, scale: 1 / 255, fit, cropPct };
}
