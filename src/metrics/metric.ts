/** A measure that is fed batch by batch on the host, from scores N×K (row-major) and labels. */
import { ConvkitError } from "../core/error.ts";

export interface Metric<V> {
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

/** The class with the largest score of example `i`; the first of equals. NaN never wins. */
export function bestClass(scores: ArrayLike<number>, i: number, classes: number): number {
  let best = 0;
  for (let c = 1; c < classes; c++) {
    const top = scores[i * classes + best];
    if (scores[i * classes + c] > top || Number.isNaN(top)) best = c;
  }
  return best;
}
