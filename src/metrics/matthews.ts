/**
 * Matthews' correlation coefficient of true and predicted classes, from −1 to 1: with s examples, c of them right, t_k of
 * class k and p_k taken for k, (c·s − Σ p_k·t_k)/√((s² − Σ p_k²)·(s² − Σ t_k²)); for two classes
 * (tp·tn − fp·fn)/√((tp + fp)(tp + fn)(tn + fp)(tn + fn)).
 */
import { supportOf } from "./class-ratio.ts";
import { ConfusionCounts, type CountOptions } from "./confusion-counts.ts";
import type { Metric } from "./metric.ts";
import type { MetricSpec } from "./metric-spec.ts";

/** 0 where all examples are of one class, or all were taken for one. */
export function matthews(options: Omit<CountOptions, "labels"> = {}): Metric<number> {
  const counts = new ConfusionCounts("matthews", { ...options, labels: undefined });
  return {
    update: (scores, labels) => counts.update(scores, labels),
    get value() {
      const { total, hits, classes } = counts;
      if (total === 0) return Number.NaN;
      // Shares instead of counts, so that no product leaves the integers that doubles hold.
      let agreement = hits / total;
      let predicted = 1;
      let known = 1;
      let missed = 1;
      for (const count of classes) {
        const p = (count.tp + count.fp) / total;
        const t = supportOf(count) / total;
        agreement -= p * t;
        predicted -= p ** 2;
        known -= t ** 2;
        missed -= p;
      }
      if (counts.missed > 0) predicted -= missed ** 2;
      return predicted <= 0 || known <= 0 ? 0 : agreement / Math.sqrt(predicted * known);
    },
    reset: () => counts.reset(),
  };
}

export const matthewsSpec: MetricSpec = {
  name: "matthews",
  formula: "(c·s − Σ p_k·t_k)/√((s² − Σ p_k²)·(s² − Σ t_k²))",
  shapes: "scores N×K, labels N → a number",
  source: "Matthews 1975, BBA 405(2); Gorodkin 2004, Computational Biology and Chemistry 28, eq. 8",
  torch: "sklearn.metrics.matthews_corrcoef",
  memory: "constant",
  nan: "missed",
  // biome-ignore format: one case a line
  samples: [
    { name: "binary", make: () => matthews(), draw: { n: 60 }, expected: "M.matthews_corrcoef(y, p)" },
    { name: "few positives, ties", make: () => matthews({ threshold: 0.7 }), draw: { n: 60, levels: 8, frequency: [9, 1], threshold: 0.7 }, expected: "M.matthews_corrcoef(y, p)" },
    { name: "5 classes", make: () => matthews({ classes: 5 }), draw: { n: 80, classes: 5 }, expected: "M.matthews_corrcoef(y, p)" },
    { name: "absent classes", make: () => matthews({ classes: 5 }), draw: { n: 30, classes: 5, frequency: [5, 0, 1, 1, 0], scores: "classes" }, expected: "M.matthews_corrcoef(y, p)" },
    { name: "one class", make: () => matthews({ classes: 3 }), draw: { n: 15, classes: 3, frequency: [0, 1, 0] }, expected: "M.matthews_corrcoef(y, p)" },
    { name: "maps", make: () => matthews({ classes: 3, pixels: 25, ignoreIndex: 255 }), draw: { n: 2, classes: 3, pixels: 25, ignoreIndex: 255 }, expected: "M.matthews_corrcoef(y, p)" },
  ],
};
