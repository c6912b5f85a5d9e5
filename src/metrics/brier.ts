/**
 * Mean squared distance of predicted probabilities and labels. Binary: 1/N·Σ (p[i] − y[i])², from 0 to 1; several classes:
 * 1/N·Σ (p[i, k] − [y[i] = k])², from 0 to 2, as Brier wrote it.
 */
import type { Metric } from "./metric.ts";
import type { MetricSpec } from "./metric-spec.ts";
import { type ProbabilityOptions, ProbabilityRows } from "./probability-rows.ts";
import { RunningMean } from "./running-mean.ts";

export function brier(options: ProbabilityOptions = {}): Metric<number> {
  const rows = new ProbabilityRows("brier", options);
  // The row of a binary task holds the probability of 0 too, which makes the same error once more.
  const first = rows.task.kind === "binary" ? 1 : 0;
  const mean = new RunningMean();
  return {
    update(scores, labels) {
      rows.visitProbabilities(scores, labels, (row, label) => {
        let distance = 0;
        for (let c = first; c < row.length; c++) distance += (row[c] - (c === label ? 1 : 0)) ** 2;
        mean.add(distance);
      });
    },
    get value() {
      return mean.value;
    },
    reset: () => mean.reset(),
  };
}

export const brierSpec: MetricSpec = {
  name: "brier",
  formula: "1/N·Σ (p[i, k] − [y[i] = k])²",
  shapes: "probabilities or logits N×K, labels N → a number",
  source: "Brier 1950, Monthly Weather Review 78(1), eq. 2",
  torch: "sklearn.metrics.brier_score_loss",
  memory: "constant",
  nan: "spreads",
  // biome-ignore format: one case a line
  samples: [
    { name: "binary", make: () => brier(), draw: { n: 50 }, expected: "M.brier_score_loss(y, s)" },
    { name: "one class", make: () => brier(), draw: { n: 20, frequency: [1, 0] }, expected: "M.brier_score_loss(y, s, pos_label=1)" },
    { name: "binary logits", make: () => brier({ from: "logits" }), draw: { n: 50, scores: "logits" }, expected: "M.brier_score_loss(y, scipy.special.expit(s))" },
    { name: "5 classes, absent ones", make: () => brier({ classes: 5 }), draw: { n: 50, classes: 5, frequency: [4, 0, 1, 1, 2] }, expected: "((s - onehot(y, k)) ** 2).sum() / len(y)" },
    { name: "maps of logits", make: () => brier({ classes: 3, pixels: 10, from: "logits", ignoreIndex: -1 }), draw: { n: 3, classes: 3, pixels: 10, scores: "logits", ignoreIndex: -1 }, expected: "((scipy.special.softmax(s, axis=1) - onehot(y, k)) ** 2).sum() / len(y)" },
  ],
};
