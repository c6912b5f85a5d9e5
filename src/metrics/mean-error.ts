/** Measures that are the mean of a term over all pairs of a prediction and its target. */
import { ConvkitError } from "../core/error.ts";
import { CompensatedSum } from "./compensated-sum.ts";
import type { Metric } from "./metric.ts";

export function meanError(
  where: string,
  term: (prediction: number, target: number) => number,
  finish: (mean: number) => number = (mean) => mean,
): Metric<number> {
  const sum = new CompensatedSum();
  let seen = 0;
  return {
    update(predictions, targets) {
      checkPairs(where, predictions, targets);
      for (let i = 0; i < targets.length; i++) sum.add(term(predictions[i], targets[i]));
      seen += targets.length;
    },
    get value() {
      return finish(sum.value / seen);
    },
    reset() {
      sum.reset();
      seen = 0;
    },
  };
}

/** `size`: how many values an example has. */
export function checkPairs(
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
