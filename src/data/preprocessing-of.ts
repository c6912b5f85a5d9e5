/** How a model that is trained on a data set wants its pictures. */
import type { Preprocessing } from "../image/preprocessing.ts";
import { type Dataset, isStored } from "./dataset.ts";
import { measureNormalization, preprocessingWith } from "./normalization.ts";

/**
 * The preprocessing that a model trained on this data set carries. Mean and deviation are measured: over all pictures in memory,
 * over at most 1,000 pictures, drawn by a fixed seed, of those in files or in another representation.
 */
export async function preprocessingOf(dataset: Dataset): Promise<Preprocessing> {
  const measured = isStored(dataset)
    ? await dataset.reader.measureNormalization(dataset)
    : dataset.representation
      ? await (await import("./measure-batches.ts")).measureBatches(dataset)
      : measureNormalization(dataset);
  return preprocessingWith(dataset, measured);
}
