/** Batches for training and evaluation, the same to whoever asks whether pictures lie in memory or in files. */

import type { Preprocessing } from "../image/preprocessing.ts";
import type { Augmentation } from "./augmentation.ts";
import type { Dataset } from "./dataset.ts";
import { Loader } from "./loader.ts";

/** Valid until the next batch is asked for: its arrays are filled again. */
export interface Batch {
  readonly epoch: number;
  /** Its place in the epoch, from 0. */
  readonly index: number;
  /** How many pictures it holds; the rest of the capacity is zeros. */
  readonly n: number;
  /** capacity×C×H×W. */
  readonly images: Float32Array;
  /** capacity class numbers. */
  readonly labels: Int32Array;
}

export interface BatchOptions {
  readonly batch: number;
  readonly seed?: number;
  /** True by default. */
  readonly shuffle?: boolean;
  readonly preprocessing: Preprocessing;
  readonly augmentation?: Augmentation;
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

/** Throws where batch size, data set and preprocessing do not go together. */
export async function openBatches(dataset: Dataset, options: BatchOptions): Promise<BatchSource> {
  if ("files" in dataset) return dataset.reader.openBatches(dataset, options);
  return new Loader(dataset, options);
}
