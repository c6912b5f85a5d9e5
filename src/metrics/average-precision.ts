/**
 * Σ (Rᵢ − Rᵢ₋₁)·Pᵢ over thresholds downwards, R recall and P precision: the area under the precision-recall curve in steps,
 * without interpolation.
 */
import { type Average, type Averaged, averageOf, checkAverage } from "./average.ts";
import type { Metric } from "./metric.ts";
import type { MetricSpec } from "./metric-spec.ts";
import type { Steps } from "./rank-steps.ts";
import { type RankOptions, rankedScores } from "./ranked-scores.ts";

export interface AveragePrecisionOptions<A extends Average = "macro"> extends RankOptions {
  /** Over classes or labels; `"macro"`, called mean average precision, by default. */
  readonly average?: A;
}

/** Scores may be probabilities or logits. 0 for a class of which there is no example; NaN where a score is NaN. */
export function averagePrecision<A extends Average = "macro">(
  options: AveragePrecisionOptions<A> = {},
): Metric<Averaged<A>> {
  const average: Average = options.average ?? "macro";
  checkAverage("averagePrecision", average);
  const ranks = rankedScores("averagePrecision", options);
  const { kind, width } = ranks.task;
  const over = (): number | number[] => {
    if (ranks.hasNaN && average !== "none") return Number.NaN;
    if (kind === "binary" || average === "micro") return precisionOf(ranks.steps());
    const each = Array.from({ length: width }, (_, c) => precisionOf(ranks.steps(c)));
    if (average === "none") return each;
    const support = each.map((_, c) => ranks.support(c));
    return averageOf(each, support, average);
  };
  return {
    update: (scores, labels) => ranks.update(scores, labels),
    get value() {
      return over() as Averaged<A>;
    },
    reset: () => ranks.reset(),
  };
}

function precisionOf({ tp, fp }: Steps): number {
  const last = tp.length - 1;
  if (last < 0) return Number.NaN;
  let sum = 0;
  for (let i = 0; i <= last; i++) {
    const found = tp[i] - (i > 0 ? tp[i - 1] : 0);
    sum += (found * tp[i]) / (tp[i] + fp[i]);
  }
  return tp[last] > 0 ? sum / tp[last] : 0;
}

export const averagePrecisionSpec: MetricSpec = {
  name: "averagePrecision",
  formula: "Σ (Rᵢ − Rᵢ₋₁)·Pᵢ",
  shapes: "scores N×K, labels N → a number, or K",
  source: "Zhu 2004, University of Waterloo, Recall, precision and average precision",
  torch: "sklearn.metrics.average_precision_score",
  memory: "linear",
  nan: "spreads",
  // biome-ignore format: one case a line
  samples: [
    { name: "binary", make: () => averagePrecision(), draw: { n: 100 }, expected: "M.average_precision_score(y, s)" },
    { name: "logits, ties, few positives", make: () => averagePrecision({ ignoreIndex: -1 }), draw: { n: 90, levels: 5, scores: "logits", frequency: [12, 1], ignoreIndex: -1 }, expected: "M.average_precision_score(y, s)" },
    { name: "one class", make: () => averagePrecision(), draw: { n: 20, frequency: [1, 0] }, expected: "M.average_precision_score(y, s)" },
    { name: "4 classes", make: () => averagePrecision({ classes: 4 }), draw: { n: 70, classes: 4 }, expected: "M.average_precision_score(onehot(y, k), s)" },
    { name: "weighted, absent classes", make: () => averagePrecision({ classes: 4, average: "weighted" }), draw: { n: 50, classes: 4, frequency: [6, 0, 2, 1] }, expected: "M.average_precision_score(onehot(y, k), s, average='weighted')" },
    { name: "macro, absent classes", make: () => averagePrecision({ classes: 4 }), draw: { n: 50, classes: 4, frequency: [6, 0, 2, 1] }, expected: "M.average_precision_score(onehot(y, k), s)" },
    { name: "micro", make: () => averagePrecision({ classes: 4, average: "micro" }), draw: { n: 50, classes: 4, levels: 4 }, expected: "M.average_precision_score(onehot(y, k), s, average='micro')" },
    { name: "labels, each", make: () => averagePrecision({ labels: 3, average: "none" }), draw: { n: 50, labels: 3, frequency: [3, 1] }, expected: "M.average_precision_score(y, s, average=None)" },
    { name: "21 thresholds", make: () => averagePrecision({ thresholds: 21 }), draw: { n: 100, frequency: [3, 1] }, expected: "binned_ap(y, s, 21)" },
  ],
};
