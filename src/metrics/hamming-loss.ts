/** The share of labels that were told wrongly: of a multi-label task over all N·L of them, else 1 − accuracy. */
import { ConfusionCounts, type CountOptions } from "./confusion-counts.ts";
import type { Metric } from "./metric.ts";
import type { MetricSpec } from "./metric-spec.ts";

export function hammingLoss(options: CountOptions = {}): Metric<number> {
  const counts = new ConfusionCounts("hammingLoss", options);
  return {
    update: (scores, labels) => counts.update(scores, labels),
    get value() {
      return (counts.total - counts.hits) / counts.total;
    },
    reset: () => counts.reset(),
  };
}

export const hammingLossSpec: MetricSpec = {
  name: "hammingLoss",
  formula: "#{(i, l) : p[i, l] ≠ y[i, l]}/(N·L)",
  shapes: "scores N×L, labels N×L → a number",
  source: "Schapire and Singer 1999, Machine Learning 37(3)",
  torch: "sklearn.metrics.hamming_loss",
  memory: "constant",
  nan: "missed",
  // biome-ignore format: one case a line
  samples: [
    { name: "labels", make: () => hammingLoss({ labels: 4 }), draw: { n: 30, labels: 4 }, expected: "M.hamming_loss(y, p)" },
    { name: "binary, one class", make: () => hammingLoss(), draw: { n: 30, frequency: [1, 0] }, expected: "M.hamming_loss(y, p)" },
    { name: "classes", make: () => hammingLoss({ classes: 3 }), draw: { n: 30, classes: 3 }, expected: "M.hamming_loss(y, p)" },
  ],
};
