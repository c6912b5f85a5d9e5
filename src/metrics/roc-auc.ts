/**
 * Area under the curve of true over false positive rate (trapezoids): how likely an example of a class has a larger
 * score for it than one of the rest; equal scores count half. Several classes: each against the rest, or each against each
 * other (Hand and Till 2001).
 */
import { ConvkitError } from "../core/error.ts";
import { type Average, type Averaged, averageOf, checkAverage } from "./average.ts";
import { KeptScores } from "./kept-scores.ts";
import type { Metric } from "./metric.ts";
import type { MetricSpec } from "./metric-spec.ts";
import type { Steps } from "./rank-steps.ts";
import { type RankOptions, rankedScores } from "./ranked-scores.ts";

export interface RocAucOptions<A extends Average = "macro"> extends RankOptions {
  /** Over classes or labels; `"macro"` by default. A class of which there is no example, or nothing else, stays out. */
  readonly average?: A;
  /**
   * `"ovr"`, one against the rest, by default; `"ovo"`, one against one: the mean over pairs of classes, `"weighted"` by how
   * many examples a pair has.
   */
  readonly multiClass?: "ovr" | "ovo";
}

/** Scores may be probabilities or logits. NaN where all examples are of one class, or a score is NaN. */
export function rocAuc<A extends Average = "macro">(
  options: RocAucOptions<A> = {},
): Metric<Averaged<A>> {
  const { multiClass = "ovr" } = options;
  const average: Average = options.average ?? "macro";
  checkAverage("rocAuc", average);
  const ranks = rankedScores("rocAuc", options);
  const { kind, width } = ranks.task;
  if (multiClass !== "ovr" && multiClass !== "ovo") {
    throw new ConvkitError("rocAuc", `multiClass is "${multiClass}", expected "ovr" or "ovo"`);
  }
  const pairs = multiClass === "ovo" && ranks instanceof KeptScores ? ranks : undefined;
  const allowed = kind === "classes" && (average === "macro" || average === "weighted");
  if (multiClass === "ovo" && !(pairs && allowed)) {
    throw new ConvkitError(
      "rocAuc",
      `one against one of ${kind}, average "${average}" — it is for classes, "macro" or "weighted", without thresholds`,
    );
  }
  const over = (): number | number[] => {
    if (ranks.hasNaN && average !== "none") return Number.NaN;
    if (pairs) return overPairs(pairs, average as "macro" | "weighted");
    if (kind === "binary" || average === "micro") return areaOf(ranks.steps());
    const areas = Array.from({ length: width }, (_, c) => areaOf(ranks.steps(c)));
    if (average === "none") return areas;
    const support = areas.map((_, c) => ranks.support(c));
    return averageOf(areas, support, average);
  };
  return {
    update: (scores, labels) => ranks.update(scores, labels),
    get value() {
      return over() as Averaged<A>;
    },
    reset: () => ranks.reset(),
  };
}

/** In whole pairs of a positive and a negative, which doubles count exactly. */
function areaOf({ tp, fp }: Steps): number {
  let twice = 0;
  for (let i = 0; i < tp.length; i++) {
    const before = i > 0 ? fp[i - 1] : 0;
    const height = tp[i] + (i > 0 ? tp[i - 1] : 0);
    twice += (fp[i] - before) * height;
  }
  const last = tp.length - 1;
  return twice / 2 / (tp[last] * fp[last]);
}

function overPairs(ranks: KeptScores, average: "macro" | "weighted"): number {
  const areas: number[] = [];
  const weights: number[] = [];
  for (let a = 0; a < ranks.task.width; a++) {
    for (let b = a + 1; b < ranks.task.width; b++) {
      areas.push((areaOf(ranks.pairSteps(a, b)) + areaOf(ranks.pairSteps(b, a))) / 2);
      weights.push(ranks.support(a) + ranks.support(b));
    }
  }
  return averageOf(areas, weights, average);
}

export const rocAucSpec: MetricSpec = {
  name: "rocAuc",
  formula: "∫ tpr d fpr = P(s⁺ > s⁻) + ½·P(s⁺ = s⁻)",
  shapes: "scores N×K, labels N → a number, or K",
  source:
    "Hanley and McNeil 1982, Radiology 143(1); Hand and Till 2001, Machine Learning 45, eq. 7",
  torch: "sklearn.metrics.roc_auc_score",
  memory: "linear",
  nan: "spreads",
  // biome-ignore format: one case a line
  samples: [
    { name: "binary", make: () => rocAuc(), draw: { n: 100 }, expected: "M.roc_auc_score(y, s)" },
    { name: "logits, ties, few positives", make: () => rocAuc({ ignoreIndex: -1 }), draw: { n: 90, levels: 5, scores: "logits", frequency: [12, 1], ignoreIndex: -1 }, expected: "M.roc_auc_score(y, s)" },
    { name: "all equal", make: () => rocAuc(), draw: { n: 20, levels: 1 }, expected: "M.roc_auc_score(y, s)" },
    { name: "one class", make: () => rocAuc(), draw: { n: 20, frequency: [1, 0] }, expected: "nan" },
    { name: "4 classes", make: () => rocAuc({ classes: 4 }), draw: { n: 70, classes: 4 }, expected: "M.roc_auc_score(y, s, multi_class='ovr')" },
    { name: "weighted", make: () => rocAuc({ classes: 4, average: "weighted" }), draw: { n: 70, classes: 4, frequency: [9, 3, 2, 1] }, expected: "M.roc_auc_score(y, s, multi_class='ovr', average='weighted')" },
    { name: "micro, ties", make: () => rocAuc({ classes: 4, average: "micro" }), draw: { n: 50, classes: 4, levels: 4 }, expected: "M.roc_auc_score(onehot(y, k), s, average='micro')" },
    { name: "each, logits", make: () => rocAuc({ classes: 3, average: "none" }), draw: { n: 50, classes: 3, scores: "logits" }, expected: "M.roc_auc_score(onehot(y, k), s, average=None)" },
    { name: "absent classes", make: () => rocAuc({ classes: 4 }), draw: { n: 40, classes: 4, frequency: [3, 0, 1, 1] }, expected: "np.mean([M.roc_auc_score(y == c, s[:, c]) for c in (0, 2, 3)])" },
    { name: "one against one", make: () => rocAuc({ classes: 4, multiClass: "ovo" }), draw: { n: 60, classes: 4, frequency: [4, 3, 2, 1] }, expected: "M.roc_auc_score(y, s, multi_class='ovo')" },
    { name: "one against one, weighted", make: () => rocAuc({ classes: 4, multiClass: "ovo", average: "weighted" }), draw: { n: 60, classes: 4, frequency: [4, 3, 2, 1] }, expected: "M.roc_auc_score(y, s, multi_class='ovo', average='weighted')" },
    { name: "labels", make: () => rocAuc({ labels: 3, average: "weighted" }), draw: { n: 50, labels: 3, frequency: [3, 1] }, expected: "M.roc_auc_score(y, s, average='weighted')" },
    { name: "labels, ignored entries", make: () => rocAuc({ labels: 3, ignoreIndex: -1 }), draw: { n: 50, labels: 3, ignoreIndex: -1 }, expected: "np.mean([M.roc_auc_score(y[y[:, c] >= 0, c], s[y[:, c] >= 0, c]) for c in range(k)])" },
    { name: "maps, 21 thresholds", make: () => rocAuc({ classes: 3, pixels: 20, thresholds: 21 }), draw: { n: 4, classes: 3, pixels: 20 }, expected: "M.roc_auc_score(onehot(y, k), np.floor(s * 20) / 20, average='macro')" },
    { name: "11 thresholds", make: () => rocAuc({ thresholds: 11 }), draw: { n: 100, frequency: [1, 4] }, expected: "binned_auc(y, s, 11)" },
  ],
};
