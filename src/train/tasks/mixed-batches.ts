/** Batches whose pictures are mixed with each other by mixup or CutMix: a function of seed, epoch and the batch's place. */
import { type MixSettings, mixBatch } from "../../augment/mix-batch.ts";
import { Random } from "../../core/random.ts";
import type { BatchSource } from "../../data/index.ts";
import { type ClassificationBatch, changed } from "./changed-batches.ts";
import type { Batches } from "./task.ts";

interface MixedOptions {
  readonly seed: number;
  readonly classes: number;
  /** [C, H, W] of the pictures. */
  readonly shape: readonly [number, number, number];
}

export function mixed(
  source: BatchSource,
  settings: MixSettings,
  { seed, classes, shape: [channels, height, width] }: MixedOptions,
): Batches<ClassificationBatch> {
  const random = new Random(seed, "mix");
  return changed(source, (batch) => {
    const { n, epoch, index } = batch;
    const shares = mixBatch(settings, random.fork(epoch).fork(index).key, {
      shape: [n, channels, height, width],
      images: batch.images.subarray(0, n * channels * height * width),
      classes,
      labels: batch.labels.subarray(0, n),
    });
    return { ...batch, size: [height, width], shares };
  });
}
