/** The task of a training on pictures: of whole pictures, or of each of their pixels. */
import type { Dataset } from "../data/index.ts";
import type { Module } from "../nn/module.ts";
import type { ModelCard } from "./model-card.ts";
import type { Settled } from "./settle.ts";
import type { ClassificationBatch } from "./tasks/changed-batches.ts";
import { classification } from "./tasks/classification.ts";
import type { Task } from "./tasks/task.ts";

/** Throws where settings are not for such a task. */
export async function pictureTask(
  net: Module,
  card: Pick<ModelCard, "classes" | "preprocessing" | "task">,
  settled: Settled,
  classWeights: readonly number[] | undefined,
): Promise<Task<Dataset, ClassificationBatch>> {
  const { classes, preprocessing, task } = card;
  if (task === "segmentation") {
    const { settledSegmentation } = await import("./other-tasks.ts");
    return settledSegmentation(net, card, settled, classWeights);
  }
  const { loss, augmentation, labelSmoothing, extras } = settled;
  const { batchAugmentation, sampler, mixup, cutmix } = extras;
  const augmentImages =
    batchAugmentation &&
    (await (
      await import("../augment/batch/make-batch-transforms.ts")
    ).makeBatchTransforms(batchAugmentation, preprocessing));
  return classification({
    ...{ net, classes: classes.length, preprocessing, augmentation, augmentImages },
    ...{ loss, labelSmoothing, classWeights, sampler, mixup, cutmix },
  });
}
