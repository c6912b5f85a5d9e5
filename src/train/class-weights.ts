/** How much each class weighs in the loss. */
import { ConvkitError } from "../core/error.ts";
import { countClasses, type Dataset, isSegmented } from "../data/index.ts";
import { countPixels } from "./count-pixels.ts";

/** N/(K·nₖ), so that every class weighs the same in all (scikit-learn's `balanced`); of masks, pixels are counted. */
export async function classWeightsOf(
  given: readonly number[] | "balanced",
  dataset: Dataset,
): Promise<readonly number[]> {
  const classes = dataset.classes.length;
  if (given === "balanced") {
    const counts = isSegmented(dataset) ? await countPixels(dataset) : countClasses(dataset);
    const total = counts.reduce((sum, count) => sum + count, 0);
    return counts.map((count) => (count === 0 ? 1 : total / (classes * count)));
  }
  if (given.length !== classes) {
    throw new ConvkitError(
      "train",
      `${given.length} class weights for ${classes} classes — give one to each, or "balanced"`,
    );
  }
  if (given.some((weight) => !(weight >= 0 && Number.isFinite(weight)))) {
    throw new ConvkitError("train", `a class weight is ${given.join(",")} — give numbers from 0`);
  }
  return given;
}
