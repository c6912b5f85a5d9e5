/**
 * 1 − Σ w∘C/Σ w∘E: agreement of true and predicted classes beyond chance. C counts the pairs, E is what chance would
 * give with the same margins, and w is what a pair costs: 1 for unequal classes, or the distance of their indices, or
 * its square, where classes are ordered.
 */
import { ConvkitError } from "../core/error.ts";
import { supportOf } from "./class-ratio.ts";
import { ConfusionCounts, type CountOptions } from "./confusion-counts.ts";
import type { Metric } from "./metric.ts";
import type { MetricSpec } from "./metric-spec.ts";

export interface CohenKappaOptions extends Omit<CountOptions, "labels"> {
  /** `"none"` by default: every mistake costs the same. */
  readonly weights?: "none" | "linear" | "quadratic";
}

/** NaN where all examples are of one class and were taken for it, or an example has no score but NaN. */
export function cohenKappa(options: CohenKappaOptions = {}): Metric<number> {
  const { weights = "none", ...task } = options;
  if (!/^(none|linear|quadratic)$/.test(weights)) {
    throw new ConvkitError(
      "cohenKappa",
      `weights are "${weights}", expected "none", "linear" or "quadratic"`,
    );
  }
  const counts = new ConfusionCounts("cohenKappa", { ...task, labels: undefined });
  const cost = (a: number, b: number) => {
    if (weights === "none") return a === b ? 0 : 1;
    return Math.abs(a - b) ** (weights === "linear" ? 1 : 2);
  };
  return {
    update: (scores, labels) => counts.update(scores, labels),
    get value() {
      if (counts.missed > 0) return Number.NaN;
      const { total, matrix, classes } = counts;
      let observed = 0;
      let expected = 0;
      matrix.forEach((row, t) => {
        row.forEach((count, p) => {
          const known = supportOf(classes[t]);
          const predicted = classes[p].tp + classes[p].fp;
          observed += cost(t, p) * count;
          expected += (cost(t, p) * known * predicted) / total;
        });
      });
      return 1 - observed / expected;
    },
    reset: () => counts.reset(),
  };
}

export const cohenKappaSpec: MetricSpec = {
  name: "cohenKappa",
  formula: "1 − Σ w[t, p]·C[t, p]/Σ w[t, p]·t_t·p_p/N",
  shapes: "scores N×K, labels N → a number",
  source:
    "Cohen 1960, Educational and Psychological Measurement 20(1); 1968, Psychological Bulletin 70(4)",
  torch: "sklearn.metrics.cohen_kappa_score",
  memory: "constant",
  nan: "missed",
  // biome-ignore format: one case a line
  samples: [
    { name: "binary", make: () => cohenKappa(), draw: { n: 60, levels: 7 }, expected: "M.cohen_kappa_score(y, p)" },
    { name: "4 classes", make: () => cohenKappa({ classes: 4 }), draw: { n: 60, classes: 4 }, expected: "M.cohen_kappa_score(y, p)" },
    { name: "linear", make: () => cohenKappa({ classes: 4, weights: "linear" }), draw: { n: 60, classes: 4 }, expected: "M.cohen_kappa_score(y, p, weights='linear')" },
    { name: "quadratic, absent classes", make: () => cohenKappa({ classes: 5, weights: "quadratic" }), draw: { n: 40, classes: 5, frequency: [5, 0, 1, 1, 0], scores: "classes" }, expected: "M.cohen_kappa_score(y, p, labels=range(k), weights='quadratic')" },
    { name: "one class, mistakes", make: () => cohenKappa({ classes: 3 }), draw: { n: 15, classes: 3, frequency: [0, 1, 0] }, expected: "M.cohen_kappa_score(y, p)" },
    { name: "one class, none", make: () => cohenKappa({ classes: 3 }), draw: { n: 15, classes: 3, frequency: [0, 1, 0], scores: "classes" }, expected: "M.cohen_kappa_score(y, p)" },
  ],
};
