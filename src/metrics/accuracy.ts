/** The share of examples whose largest score is their label's; with a threshold, the share of labels told rightly. */
import { ConfusionCounts, type CountOptions } from "./confusion-counts.ts";
import type { Metric } from "./metric.ts";
import type { MetricSpec } from "./metric-spec.ts";
import { topK } from "./top-k.ts";

/**
 * Without options the number of classes is read off the scores; of equal scores the lower class is taken. Of maps, give
 * `classes` and `pixels`; a binary task is one with a `threshold`; with `labels` every label of every example counts.
 */
export function accuracy(options: CountOptions = {}): Metric<number> {
  const { classes, labels, threshold, ignoreIndex } = options;
  if (classes === undefined && labels === undefined && threshold === undefined) {
    return topK(1, { ignoreIndex });
  }
  const counts = new ConfusionCounts("accuracy", options);
  return {
    update: (scores, truth) => counts.update(scores, truth),
    get value() {
      return counts.hits / counts.total;
    },
    reset: () => counts.reset(),
  };
}

export const accuracySpec: MetricSpec = {
  name: "accuracy",
  formula: "hits/N",
  shapes: "scores N×K, labels N → a number",
  source: "elementary",
  torch: "sklearn.metrics.accuracy_score",
  memory: "constant",
  nan: "missed",
  // biome-ignore format: one case a line
  samples: [
    { name: "classes read off", make: () => accuracy(), draw: { n: 50, classes: 4 }, expected: "M.accuracy_score(y, p)" },
    { name: "ties", make: () => accuracy(), draw: { n: 50, classes: 4, levels: 3 }, expected: "M.accuracy_score(y, p)" },
    { name: "one class, one label ignored", make: () => accuracy({ ignoreIndex: 7 }), draw: { n: 20, classes: 3, frequency: [0, 1, 0], ignoreIndex: 7 }, expected: "M.accuracy_score(y, p)" },
    { name: "maps", make: () => accuracy({ classes: 3, pixels: 10, ignoreIndex: -1 }), draw: { n: 4, classes: 3, pixels: 10, ignoreIndex: -1 }, expected: "M.accuracy_score(y, p)" },
    { name: "predicted classes", make: () => accuracy({ classes: 3 }), draw: { n: 40, classes: 3, scores: "classes" }, expected: "M.accuracy_score(y, p)" },
    { name: "binary", make: () => accuracy({ threshold: 0.5 }), draw: { n: 40, levels: 4 }, expected: "M.accuracy_score(y, p)" },
    { name: "labels", make: () => accuracy({ labels: 3 }), draw: { n: 40, labels: 3 }, expected: "M.accuracy_score(y.ravel(), p.ravel())" },
  ],
};
