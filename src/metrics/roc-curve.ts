/** The rate of true positives tp/P over the rate of false positives fp/N, while the threshold goes down (Fawcett 2006). */
import type { Metric } from "./metric.ts";
import type { MetricSpec } from "./metric-spec.ts";
import type { Steps } from "./rank-steps.ts";
import { type RankOptions, rankedScores } from "./ranked-scores.ts";

export interface RocCurve {
  /** Rate of false positives, upwards from 0. NaN where no example is negative. */
  readonly fpr: Float64Array;
  /** Rate of true positives. NaN where none is positive. */
  readonly tpr: Float64Array;
  /** Downwards from Infinity, where nothing is positive; a score at or above it is. */
  readonly thresholds: Float64Array;
}

export interface RocCurveOptions extends RankOptions {
  /** Leaves out points within a straight piece. True by default. */
  readonly dropIntermediate?: boolean;
}

/**
 * One curve; with `classes` or `labels` one for each. Scores may be probabilities or logits. No points where there are no
 * examples or a score is NaN.
 */
export function rocCurve(
  options?: RocCurveOptions & { readonly classes?: undefined; readonly labels?: undefined },
): Metric<RocCurve>;
export function rocCurve(options: RocCurveOptions): Metric<RocCurve | RocCurve[]>;
export function rocCurve(options: RocCurveOptions = {}): Metric<RocCurve | RocCurve[]> {
  const ranks = rankedScores("rocCurve", options);
  const { kind, width } = ranks.task;
  const curve = (c: number) => rocOf(ranks.steps(c), options.dropIntermediate ?? true);
  return {
    update: (scores, labels) => ranks.update(scores, labels),
    get value() {
      return kind === "binary" ? curve(0) : Array.from({ length: width }, (_, c) => curve(c));
    },
    reset: () => ranks.reset(),
  };
}

function rocOf({ thresholds, tp, fp }: Steps, dropIntermediate: boolean): RocCurve {
  const last = tp.length - 1;
  const corner = (i: number) =>
    i === 0 ||
    i === last ||
    tp[i + 1] - tp[i] !== tp[i] - tp[i - 1] ||
    fp[i + 1] - fp[i] !== fp[i] - fp[i - 1];
  const kept = Uint32Array.from(tp.keys()).filter((i) => !dropIntermediate || corner(i));
  if (kept.length === 0) return { fpr: fp, tpr: tp, thresholds };
  // At ∞, before the first step, nothing is positive.
  const from = (start: number, values: Float64Array, whole = 1) => {
    const points = new Float64Array(kept.length + 1).fill(start / whole);
    kept.forEach((i, at) => {
      points[at + 1] = values[i] / whole;
    });
    return points;
  };
  return {
    fpr: from(0, fp, fp[last]),
    tpr: from(0, tp, tp[last]),
    thresholds: from(Infinity, thresholds),
  };
}

export const rocCurveSpec: MetricSpec = {
  name: "rocCurve",
  formula: "(fp(t)/N, tp(t)/P) for thresholds t downwards",
  shapes: "scores N, labels N → points; for N×K one curve a class",
  source: "Fawcett 2006, Pattern Recognition Letters 27(8)",
  torch: "sklearn.metrics.roc_curve",
  memory: "linear",
  nan: "spreads",
  empty: "nothing",
  // biome-ignore format: one case a line
  samples: [
    { name: "binary", make: () => rocCurve(), draw: { n: 30 }, expected: "roc(y, s)" },
    { name: "logits, ties, few positives", make: () => rocCurve(), draw: { n: 40, levels: 6, scores: "logits", frequency: [5, 1] }, expected: "roc(y, s)" },
    { name: "all points", make: () => rocCurve({ dropIntermediate: false, ignoreIndex: -1 }), draw: { n: 25, ignoreIndex: -1 }, expected: "roc(y, s, drop_intermediate=False)" },
    { name: "3 classes", make: () => rocCurve({ classes: 3 }), draw: { n: 20, classes: 3 }, expected: "[roc(y == c, s[:, c]) for c in range(k)]" },
    { name: "2 labels, maps", make: () => rocCurve({ labels: 2, pixels: 5 }), draw: { n: 3, labels: 2, pixels: 5 }, expected: "[roc(y[:, c], s[:, c]) for c in range(k)]" },
    { name: "one class", make: () => rocCurve(), draw: { n: 8, frequency: [1, 0] }, expected: "roc(y, s)" },
    { name: "11 thresholds", make: () => rocCurve({ thresholds: 11 }), draw: { n: 50 }, expected: "roc(y, np.floor(s * 10) / 10)" },
  ],
};
