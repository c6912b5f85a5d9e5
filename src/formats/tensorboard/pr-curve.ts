/**
 * A precision-recall curve as TensorBoard's pr_curves plug-in reads it: rows of true positives, false positives, true negatives, false
 * negatives, precision and recall, a column for each threshold i/(T − 1). A score counts as positive from the threshold on.
 */
export interface PrCurve {
  /** 6 × thresholds. */
  readonly shape: readonly [6, number];
  readonly values: Float32Array;
}

/** Least denominator of precision and recall, as the plug-in has it. */
const SMALLEST = 1e-7;

/** `scores` of 0 … 1 that an example belongs to the class, and whether it does. */
export function prCurveOf(
  scores: ArrayLike<number>,
  isMember: ArrayLike<boolean>,
  thresholds = 127,
): PrCurve {
  const [positive, negative] = [new Float64Array(thresholds), new Float64Array(thresholds)];
  for (let i = 0; i < scores.length; i++) {
    const bucket = Math.floor(Math.min(1, Math.max(0, scores[i])) * (thresholds - 1));
    (isMember[i] ? positive : negative)[bucket]++;
  }
  // From the last threshold down: those at or above it.
  for (const counts of [positive, negative]) {
    for (let t = thresholds - 2; t >= 0; t--) counts[t] += counts[t + 1];
  }
  const values = new Float32Array(6 * thresholds);
  for (let t = 0; t < thresholds; t++) {
    const [tp, fp] = [positive[t], negative[t]];
    const [fn, tn] = [positive[0] - tp, negative[0] - fp];
    const precision = tp / Math.max(SMALLEST, tp + fp);
    const recall = tp / Math.max(SMALLEST, tp + fn);
    for (const [row, value] of [tp, fp, tn, fn, precision, recall].entries()) {
      values[row * thresholds + t] = value;
    }
  }
  return { shape: [6, thresholds], values };
}
