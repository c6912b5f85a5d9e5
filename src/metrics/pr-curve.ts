/** Precision tp/(tp + fp) over recall tp/P, while the threshold goes up (Davis and Goadrich 2006). */
import type { Metric } from "./metric.ts";
import type { MetricSpec } from "./metric-spec.ts";
import type { Steps } from "./rank-steps.ts";
import { type RankOptions, rankedScores } from "./ranked-scores.ts";

export interface PrCurve {
  /** One for each threshold, and 1 at the end, where nothing is taken for positive. */
  readonly precision: Float64Array;
  /** Downwards to 0 at the end; 1 before it where no example is positive. */
  readonly recall: Float64Array;
  /** Upwards; a score at or above it is positive. */
  readonly thresholds: Float64Array;
}

/**
 * One curve; with `classes` or `labels` one for each. Scores may be probabilities or logits. No points where there are no
 * examples or a score is NaN.
 */
export function prCurve(
  options?: RankOptions & { readonly classes?: undefined; readonly labels?: undefined },
): Metric<PrCurve>;
export function prCurve(options: RankOptions): Metric<PrCurve | PrCurve[]>;
export function prCurve(options: RankOptions = {}): Metric<PrCurve | PrCurve[]> {
  const ranks = rankedScores("prCurve", options);
  const { kind, width } = ranks.task;
  return {
    update: (scores, labels) => ranks.update(scores, labels),
    get value() {
      if (kind === "binary") return prOf(ranks.steps(0));
      return Array.from({ length: width }, (_, c) => prOf(ranks.steps(c)));
    },
    reset: () => ranks.reset(),
  };
}

function prOf({ thresholds, tp, fp }: Steps): PrCurve {
  const size = tp.length;
  const points = size > 0 ? size + 1 : 0;
  const precision = new Float64Array(points).fill(1);
  const recall = new Float64Array(points);
  const positives = tp[size - 1];
  for (let i = 0; i < size; i++) {
    const at = size - 1 - i;
    precision[at] = tp[i] / (tp[i] + fp[i]);
    recall[at] = positives > 0 ? tp[i] / positives : 1;
  }
  return { precision, recall, thresholds: thresholds.toReversed() };
}

export const prCurveSpec: MetricSpec = {
  name: "prCurve",
  formula: "(tp(t)/P, tp(t)/(tp(t) + fp(t))) for thresholds t upwards",
  shapes: "scores N, labels N → points; for N×K one curve a class",
  source: "Davis and Goadrich 2006, ICML, The relationship between precision-recall and ROC curves",
  torch: "sklearn.metrics.precision_recall_curve",
  memory: "linear",
  nan: "spreads",
  empty: "nothing",
  // biome-ignore format: one case a line
  samples: [
    { name: "binary", make: () => prCurve(), draw: { n: 30 }, expected: "M.precision_recall_curve(y, s)" },
    { name: "logits, ties, few positives", make: () => prCurve(), draw: { n: 40, levels: 6, scores: "logits", frequency: [5, 1] }, expected: "M.precision_recall_curve(y, s)" },
    { name: "3 classes, ignored labels", make: () => prCurve({ classes: 3, ignoreIndex: 9 }), draw: { n: 20, classes: 3, ignoreIndex: 9 }, expected: "[M.precision_recall_curve(y == c, s[:, c]) for c in range(k)]" },
    { name: "2 labels, maps", make: () => prCurve({ labels: 2, pixels: 5 }), draw: { n: 3, labels: 2, pixels: 5 }, expected: "[M.precision_recall_curve(y[:, c], s[:, c]) for c in range(k)]" },
    { name: "one class", make: () => prCurve(), draw: { n: 8, frequency: [1, 0] }, expected: "M.precision_recall_curve(y, s)" },
    { name: "11 thresholds", make: () => prCurve({ thresholds: 11 }), draw: { n: 50 }, expected: "M.precision_recall_curve(y, np.floor(s * 10) / 10)" },
  ],
};
