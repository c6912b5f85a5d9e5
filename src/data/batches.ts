/** Batches for training and evaluation, the same to whoever asks whether pictures lie in memory or in files. */
import type { TransformSettings } from "../augment/settings.ts";
import type { Preprocessing } from "../image/preprocessing.ts";
import type { Dataset } from "./dataset.ts";
import { isStored } from "./dataset.ts";
import { Loader } from "./loader.ts";
import type { Sampler } from "./weighted-sampler.ts";

/** Valid until the next batch is asked for: its arrays are filled again. */
export interface Batch {
  readonly epoch: number;
  /** Its place in the epoch, from 0. */
  readonly index: number;
  /** How many pictures it holds; the rest of the capacity is zeros. */
  readonly n: number;
  /** capacity×C×H×W. */
  readonly images: Float32Array;
  /** capacity class numbers; with masks capacity×H×W, a class for each pixel. */
  readonly labels: Int32Array;
}

/** What a batch is made in. */
export type Buffers = Pick<Batch, "images" | "labels">;

export interface BatchOptions {
  readonly batch: number;
  readonly seed?: number;
  /** True by default. */
  readonly shuffle?: boolean;
  readonly preprocessing: Preprocessing;
  /** [H, W] of the pictures in place of the preprocessing's, for training that begins with small ones. */
  readonly size?: readonly [number, number];
  /** What changes pictures in training, in this order; those that want a size and are given none get the batch's. */
  readonly augmentation?: readonly TransformSettings[];
  /** Draws pictures with replacement, in place of a shuffled pass over all. */
  readonly sampler?: Sampler;
  /** Threads that prepare pictures in files: one a core but one by default, fewer for a small set; 0 prepares them in the caller's own. */
  readonly workers?: number;
  /** Memory for decoded pictures in files, which are not decoded again; a quarter of what is free, 1 GiB at most. */
  readonly cacheBytes?: number;
}

/** The batches of a data set. Order and pictures are pure functions of (seed, epoch), so an epoch can be taken up at any batch. */
export interface BatchSource {
  readonly capacity: number;
  readonly batchesPerEpoch: number;
  readonly preprocessing: Preprocessing;
  /** A line for the user when the batch size does not suit the data. */
  readonly note: string | undefined;
  /** The batches of an epoch from `first` on; one epoch at a time. */
  batches(epoch?: number, first?: number): AsyncGenerator<Batch, void, undefined>;
  /** One batch in arrays of its own. */
  batch(epoch: number, index: number): Promise<Batch>;
  /** Ends what works for it. */
  dispose(): void;
}

/** Throws where batch size, data set, preprocessing and transforms do not go together. */
export async function openBatches(dataset: Dataset, options: BatchOptions): Promise<BatchSource> {
  if (isStored(dataset)) return dataset.reader.openBatches(dataset, options);
  const { augmentation = [], sampler, size, seed = 0 } = options;
  // Only whoever wants them loads what draws and changes pictures.
  const order =
    sampler && (await import("./weighted-sampler.ts")).weightedOrder(dataset, sampler, seed);
  const copy =
    augmentation.length > 0 || size || dataset.representation || dataset.masks
      ? await (await import("./array-augmentation.ts")).augmentedCopy(dataset, options)
      : undefined;
  return new Loader(dataset, options, { order, copy });
}
