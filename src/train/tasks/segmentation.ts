/**
 * A class for each pixel: the network gives scores N×K×H×W; targets are maps N×H×W, in which pixels without a class count for nothing.
 * Of a network that loses the borders, as the first U-Net does, the middle of the maps is compared.
 */
import type { TransformSettings } from "../../augment/settings.ts";
import { ConvkitError } from "../../core/error.ts";
import { formatShape } from "../../core/shape.ts";
import { type Dataset, IGNORED, openBatches, type Sampler } from "../../data/index.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { Preprocessing } from "../../image/preprocessing.ts";
import { ConfusionCounts } from "../../metrics/confusion-counts.ts";
import type { Module } from "../../nn/module.ts";
import { takeOutputs } from "../../nn/named-outputs.ts";
import { classFigures } from "../class-figures.ts";
import type { LossFunction } from "../loss.ts";
import { type ClassificationBatch, changed } from "./changed-batches.ts";
import type { Measure, Task } from "./task.ts";

export interface SegmentationOptions {
  readonly net: Module;
  readonly classes: readonly string[];
  readonly preprocessing: Preprocessing;
  /** Of scores and labels, of which `IGNORED` ones count for nothing: see `makePixelLoss`. */
  readonly loss: LossFunction;
  readonly augmentation?: readonly TransformSettings[];
  readonly sampler?: Sampler;
}

export function segmentation(options: SegmentationOptions): Task<Dataset, ClassificationBatch> {
  const { net, classes, preprocessing, loss, augmentation, sampler } = options;
  const { channels, height, width } = preprocessing;
  return {
    monitor: "meanIoU",
    inputCount: 1,
    leastBatch: 1,
    async open(data, { batch, seed, training, size }) {
      const source = await openBatches(data, {
        ...{ batch, seed, preprocessing, size, shuffle: training },
        ...(training && { augmentation, sampler }),
      });
      return size ? changed(source, (picture) => ({ ...picture, size })) : source;
    },
    inputs({ n, images, size: [h, w] = [height, width] }) {
      const data = images.subarray(0, n * channels * h * w);
      return [{ shape: [n, channels, h, w], dtype: "f32", data }];
    },
    targets({ n, labels, size: [h, w] = [height, width] }) {
      return [{ shape: [n, h, w], dtype: "i32", data: labels.subarray(0, n * h * w) }];
    },
    forward([images], mode) {
      const scores = net.call(images, mode);
      const others = takeOutputs(images.builder).filter(({ lossWeight }) => lossWeight);
      return [{ name: "scores", tensor: scores }, ...others];
    },
    judge(outputs, [labels]) {
      const losses = outputs.map(({ tensor, lossWeight = 1 }) => {
        checkScores(tensor, labels, classes.length);
        return loss(tensor, middleOf(labels, tensor)).mul(lossWeight);
      });
      const [{ tensor: scores }] = outputs;
      const truth = middleOf(labels, scores);
      const predicted = scores.argmax(1);
      const count = (pixels: Tensor) => pixels.to("f32").sum([1, 2]);
      const shares = count(predicted.eq(truth)).div(count(truth.ne(IGNORED)).maximum(1));
      return {
        loss: losses.reduce((sum, one) => sum.add(one)),
        correct: shares.sum(),
        results: { predicted, truth },
      };
    },
    measure: () => measurePixels(classes),
  };
}

function checkScores({ shape }: Tensor, labels: Tensor, classes: number): void {
  const [, rows, columns] = labels.shape;
  const [, k, h = 0, w = 0] = shape;
  const fits = k === classes && h > 0 && w > 0 && h <= rows && w <= columns;
  if (fits && shape.length === 4 && (rows - h) % 2 === 0 && (columns - w) % 2 === 0) return;
  throw new ConvkitError(
    "train",
    `the network gives ${formatShape(shape)} for masks of ${rows}×${columns} and ${classes} classes, expected scores ` +
      `N×${classes}×${rows}×${columns} — choose a model for segmentation, such as unet, or end yours with conv2d(${classes}, { kernel: 1 })`,
  );
}

/** The part of the labels that the scores are for. */
function middleOf(labels: Tensor, scores: Tensor): Tensor {
  const [rows, columns] = labels.shape.slice(1);
  const [h, w] = scores.shape.slice(2);
  const [top, left] = [(rows - h) / 2, (columns - w) / 2];
  return labels.slice(1, top, top + h).slice(2, left, left + w);
}

/** Over all pixels of all pictures, as is usual for mean IoU, not picture by picture. */
function measurePixels(classes: readonly string[]): Measure<ClassificationBatch> {
  const counts = new ConfusionCounts("segmentation", {
    ...{ classes: classes.length, ignoreIndex: IGNORED },
  });
  return {
    update: ({ predicted, truth }) => counts.update(predicted.data, truth.data),
    get value() {
      const { table, ...means } = classFigures(counts.matrix);
      const each = table.flatMap(({ iou }, i) =>
        Number.isNaN(iou) ? [] : [[`IoU/${classes[i]}`, iou]],
      );
      return {
        accuracy: counts.hits / counts.total,
        confusion: counts.matrix,
        measures: { ...means, ...Object.fromEntries(each) },
      };
    },
  };
}
