/**
 * One class for each picture: the network gives a row of scores for each, N×K; targets are labels N, or rows N×K where pictures were
 * mixed.
 */

import type { AugmentImages } from "../../augment/batch/make-batch-transforms.ts";
import type { TransformSettings } from "../../augment/settings.ts";
import { isFloat } from "../../core/dtype.ts";
import { type Dataset, openBatches, type Sampler } from "../../data/index.ts";
import type { Preprocessing } from "../../image/preprocessing.ts";
import { accuracy } from "../../metrics/accuracy.ts";
import { confusionMatrix } from "../../metrics/confusion-matrix.ts";
import type { Module } from "../../nn/module.ts";
import { takeOutputs } from "../../nn/named-outputs.ts";
import { type LossSettings, lossOf, scoresOf } from "../loss.ts";
import { type ClassificationBatch, changed } from "./changed-batches.ts";
import type { Measure, Task } from "./task.ts";

export interface ClassificationOptions extends LossSettings {
  readonly net: Module;
  readonly classes: number;
  readonly preprocessing: Preprocessing;
  readonly augmentation?: readonly TransformSettings[];
  /** Changes the images of a step within its program, after the host's augmentation. */
  readonly augmentImages?: AugmentImages;
  readonly sampler?: Sampler;
  /** α of mixup and CutMix; 0 by default. */
  readonly mixup?: number;
  readonly cutmix?: number;
}

export function classification(options: ClassificationOptions): Task<Dataset, ClassificationBatch> {
  const { net, classes, preprocessing, augmentation, sampler, mixup = 0, cutmix = 0 } = options;
  const { channels, height, width } = preprocessing;
  const { augmentImages } = options;
  return {
    monitor: "accuracy",
    inputCount: 1,
    async open(data, { batch, seed, training, size }) {
      const source = await openBatches(data, {
        ...{ batch, seed, preprocessing, size, shuffle: training },
        ...(training && { augmentation, sampler }),
      });
      if (!(training && mixup + cutmix > 0)) {
        return size ? changed(source, (picture) => ({ ...picture, size })) : source;
      }
      const { mixed } = await import("./mixed-batches.ts");
      const [h, w] = size ?? [height, width];
      const settings = { mixupAlpha: mixup, cutmixAlpha: cutmix };
      return mixed(source, settings, { seed, classes, shape: [channels, h, w] });
    },
    inputs({ n, images, size: [h, w] = [height, width] }) {
      const data = images.subarray(0, n * channels * h * w);
      return [{ shape: [n, channels, h, w], dtype: "f32", data }];
    },
    targets: ({ n, labels, shares }) => [
      shares
        ? { shape: [n, classes], dtype: "f32", data: shares }
        : { shape: [n], dtype: "i32", data: labels.subarray(0, n) },
    ],
    forward([given], mode) {
      const { training, key } = mode;
      const images = training && key && augmentImages ? augmentImages(given, key) : given;
      const scores = scoresOf(net.call(images, mode));
      // Auxiliary classifiers have a weight; an imported network's further outputs have none.
      const others = takeOutputs(images.builder).filter(({ lossWeight }) => lossWeight);
      return [{ name: "scores", tensor: scores }, ...others];
    },
    judge([{ tensor: scores }, ...others], [labels], training) {
      const how = training ? options : { loss: options.loss };
      let loss = lossOf(scores, labels, classes, how);
      for (const { tensor, lossWeight = 0 } of others) {
        loss = loss.add(lossOf(tensor, labels, classes, how).mul(lossWeight));
      }
      const truth = isFloat(labels.dtype) ? labels.argmax(1) : labels;
      return { loss, correct: scores.argmax(1).eq(truth).to("f32").sum(), results: { scores } };
    },
    measure: () => measureClasses(classes),
  };
}

function measureClasses(classes: number): Measure<ClassificationBatch> {
  const hits = accuracy();
  const confusion = confusionMatrix(classes);
  return {
    update({ scores }, { n, labels }) {
      const own = labels.subarray(0, n);
      hits.update(scores.data, own);
      confusion.update(scores.data, own);
    },
    get value() {
      return { accuracy: hits.value, confusion: confusion.value };
    },
  };
}
