/** Measures that are a mean over pairs of a prediction and its target: of single values, or of whole images. */
import { ConvkitError } from "../core/error.ts";
import { type Shape, sizeOf } from "../core/shape.ts";
import type { Metric } from "./metric.ts";
import { RunningMean } from "./running-mean.ts";

export function meanError(
  where: string,
  term: (prediction: number, target: number) => number,
  finish: (mean: number) => number = (mean) => mean,
): Metric<number> {
  const mean = new RunningMean();
  return {
    update(predictions, targets) {
      checkPairs(where, predictions, targets);
      for (let i = 0; i < targets.length; i++) mean.add(term(predictions[i], targets[i]));
    },
    get value() {
      return finish(mean.value);
    },
    reset: () => mean.reset(),
  };
}

/** The mean of what `compare` says of the images that start at an index. */
export function meanOfImages(
  where: string,
  shape: Shape,
  compare: (images: ArrayLike<number>, targets: ArrayLike<number>, start: number) => number,
): Metric<number> {
  const size = sizeOf(shape);
  const mean = new RunningMean();
  return {
    update(images, targets) {
      checkPairs(where, images, targets, size);
      for (let i = 0; i < targets.length; i += size) mean.add(compare(images, targets, i));
    },
    get value() {
      return mean.value;
    },
    reset: () => mean.reset(),
  };
}

/** `size`: how many values an example has. */
function checkPairs(
  where: string,
  predictions: ArrayLike<number>,
  targets: ArrayLike<number>,
  size = 1,
): void {
  if (predictions.length === targets.length && targets.length % size === 0) return;
  throw new ConvkitError(
    where,
    `${predictions.length} predictions and ${targets.length} targets do not go together — give as many of both${
      size > 1 ? `, ${size} for each image` : ""
    }`,
  );
}
