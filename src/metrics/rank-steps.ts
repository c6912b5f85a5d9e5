/**
 * What curves are made from: with the threshold going down from the largest score, how many true (tp) and false (fp)
 * positives lie at or above it. Equal scores are one step.
 */

/** One entry for each distinct score, from the largest on. */
export interface Steps {
  readonly thresholds: Float64Array;
  readonly tp: Float64Array;
  readonly fp: Float64Array;
}

export const NO_STEPS: Steps = {
  thresholds: new Float64Array(0),
  tp: new Float64Array(0),
  fp: new Float64Array(0),
};

/** Of the scores of positives and of negatives, both sorted upwards. No steps if one is NaN. */
export function stepsOf(positives: Float64Array, negatives: Float64Array): Steps {
  let p = positives.length;
  let n = negatives.length;
  // Sorting puts NaN last.
  if (Number.isNaN(positives[p - 1]) || Number.isNaN(negatives[n - 1])) return NO_STEPS;
  const thresholds = new Float64Array(p + n);
  const tp = new Float64Array(p + n);
  const fp = new Float64Array(p + n);
  let size = 0;
  while (p > 0 || n > 0) {
    const largest =
      n === 0 || (p > 0 && positives[p - 1] > negatives[n - 1])
        ? positives[p - 1]
        : negatives[n - 1];
    while (p > 0 && positives[p - 1] === largest) p--;
    while (n > 0 && negatives[n - 1] === largest) n--;
    thresholds[size] = largest;
    tp[size] = positives.length - p;
    fp[size] = negatives.length - n;
    size++;
  }
  return {
    thresholds: thresholds.subarray(0, size),
    tp: tp.subarray(0, size),
    fp: fp.subarray(0, size),
  };
}
