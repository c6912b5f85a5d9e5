/** A measure that is fed batch by batch on the host: scores and labels, or predictions and targets. */
import { ConvkitError } from "../core/error.ts";

export interface Metric<V> {
  /** Row-major; each measure says which shapes it takes. An update that is refused may have counted in part. */
  update(scores: ArrayLike<number>, labels: ArrayLike<number>): void;
  /** Over all examples since the last reset; NaN where there were none. */
  readonly value: V;
  reset(): void;
}

/** How many scores an example has. */
export function classesOf(
  where: string,
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
): number {
  const classes = scores.length / labels.length;
  if (labels.length > 0 && Number.isInteger(classes) && classes > 0) return classes;
  throw new ConvkitError(
    where,
    `${scores.length} scores and ${labels.length} labels do not go together — give each example a score for every class`,
  );
}

/** The class with the largest score of example `i`; the first of equals. NaN never wins; where all are NaN, −1. */
export const bestClass = (scores: ArrayLike<number>, i: number, classes: number): number =>
  bestOf(scores, i * classes, classes, 1);

/** The same for the scores at `start`, `start + stride`, …: those of one pixel of N×K×pixels lie apart. */
export function bestOf(
  scores: ArrayLike<number>,
  start: number,
  classes: number,
  stride: number,
): number {
  let best = -1;
  let top = Number.NaN;
  for (let c = 0, at = start; c < classes; c++, at += stride) {
    const score = scores[at];
    // The first number is larger than "none yet".
    if (score > top || (best < 0 && !Number.isNaN(score))) {
      top = score;
      best = c;
    }
  }
  return best;
}
