/** Batches of pictures that are changed after they were loaded. */
import type { Batch, BatchSource } from "../../data/index.ts";
import type { Batches } from "./task.ts";

export interface ClassificationBatch extends Batch {
  /** [H, W] of the pictures, where it is not that of the preprocessing. */
  readonly size?: readonly [number, number];
  /** Of pictures that were mixed: n×K shares of the classes, in place of labels. */
  readonly shares?: Float32Array;
}

export const changed = (
  source: BatchSource,
  change: (batch: Batch) => ClassificationBatch,
): Batches<ClassificationBatch> => ({
  batchesPerEpoch: source.batchesPerEpoch,
  note: source.note,
  async *batches(epoch, first) {
    for await (const batch of source.batches(epoch, first)) yield change(batch);
  },
  batch: async (epoch, index) => change(await source.batch(epoch, index)),
  dispose: () => source.dispose(),
});
