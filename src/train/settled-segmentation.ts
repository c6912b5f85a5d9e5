/** The task of a training with masks, of its settings. */
import { ConvkitError } from "../core/error.ts";
import { IGNORED } from "../data/index.ts";
import type { Module } from "../nn/module.ts";
import type { LossFunction } from "./loss.ts";
import { makePixelLoss } from "./loss-settings.ts";
import { CUSTOM, type ModelCard } from "./model-card.ts";
import type { Settled } from "./settle.ts";
import { segmentation } from "./tasks/segmentation.ts";

/** Throws for what changes pictures and cannot change their masks. */
export async function settledSegmentation(
  net: Module,
  { classes, preprocessing }: Pick<ModelCard, "classes" | "preprocessing">,
  settled: Settled,
  weight: readonly number[] | undefined,
) {
  const { loss, lossSettings, labelSmoothing, augmentation, extras } = settled;
  const { mixup, cutmix, tta, batchAugmentation, sampler } = extras;
  const foreign = Object.entries({ mixup, cutmix, tta, batchAugmentation }).find(
    ([, value]) => value !== undefined,
  );
  if (foreign) {
    throw new ConvkitError(
      "train",
      `${foreign[0]} is for pictures that have one class, these have masks — leave it out; augmentation moves masks with their pictures`,
    );
  }
  const common = { ignoreIndex: IGNORED, weight, ...(labelSmoothing > 0 && { labelSmoothing }) };
  return segmentation({
    ...{ net, classes, preprocessing, augmentation, sampler },
    loss:
      lossSettings === CUSTOM ? (loss as LossFunction) : await makePixelLoss(lossSettings, common),
  });
}
