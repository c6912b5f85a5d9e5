/**
 * Pictures through a frozen body, once: their features are kept, and heads are made from these alone. Several views of each
 * picture, changed by transforms, stand for the augmentation that a body trained along would see.
 */
import type { TransformSettings } from "../../augment/settings.ts";
import { type Dataset, openBatches } from "../../data/index.ts";
import type { Preprocessing } from "../../image/preprocessing.ts";
import type { Module } from "../../nn/module.ts";
import { compile, type Device } from "../../tensor/index.ts";
import type { FeatureTable } from "./feature-table.ts";

export interface EmbedOptions {
  readonly device: Device;
  readonly preprocessing: Preprocessing;
  /** Of each picture: the first as a prediction sees it, the others changed by `augmentation`; 1 by default. */
  readonly views?: number;
  readonly augmentation?: readonly TransformSettings[];
  /** Of the transforms; 0 by default. */
  readonly seed?: number;
  /** Pictures to a run of the program; 64 by default. */
  readonly batch?: number;
  readonly onProgress?: (done: number, total: number) => void;
}

/** `features` gives N×F for pictures N×C×H×W, as `featureExtractor` does. */
export async function embed(
  features: Module,
  dataset: Dataset,
  options: EmbedOptions,
): Promise<FeatureTable> {
  const { device, preprocessing, views = 1, augmentation, seed, batch = 64, onProgress } = options;
  const { channels, height, width } = preprocessing;
  const size = channels * height * width;
  const { length, classes } = dataset;
  const rows = views * length;
  const run = compile((images) => features.call(images, { training: false }), {
    device,
    capacity: Math.min(batch, length),
  });
  let table = new Float32Array();
  const labels = new Int32Array(rows);
  let done = 0;
  try {
    for (let view = 0; view < views; view++) {
      const batches = await openBatches(dataset, {
        ...{ batch: Math.min(batch, length), shuffle: false, preprocessing, seed },
        ...(view > 0 && { augmentation }),
      });
      try {
        for await (const { n, images, labels: own } of batches.batches(view)) {
          const data = images.subarray(0, n * size);
          const found = await run({ shape: [n, channels, height, width], dtype: "f32", data });
          const each = found.data.length / n;
          if (table.length === 0) table = new Float32Array(rows * each);
          table.set(found.data, done * each);
          labels.set(own.subarray(0, n), done);
          done += n;
          onProgress?.(done, rows);
        }
      } finally {
        batches.dispose();
      }
    }
  } finally {
    run.dispose();
  }
  return { features: table, rows, width: table.length / rows, labels, classes, pictures: length };
}
