/**
 * The mean recall of the classes that were there: accuracy if all were equally frequent. Adjusted for chance,
 * (mean − 1/K)/(1 − 1/K) with K the classes that were there, so that guessing gives 0.
 */
import { supportOf } from "./class-ratio.ts";
import { ConfusionCounts, type CountOptions } from "./confusion-counts.ts";
import type { Metric } from "./metric.ts";
import type { MetricSpec } from "./metric-spec.ts";

export interface BalancedAccuracyOptions extends Omit<CountOptions, "labels"> {
  /** False by default. */
  readonly adjusted?: boolean;
}

export function balancedAccuracy(options: BalancedAccuracyOptions = {}): Metric<number> {
  const { adjusted = false, ...task } = options;
  const counts = new ConfusionCounts("balancedAccuracy", { ...task, labels: undefined });
  return {
    update: (scores, labels) => counts.update(scores, labels),
    get value() {
      const there = counts.classes.filter((count) => supportOf(count) > 0);
      const mean = there.reduce((sum, c) => sum + c.tp / supportOf(c), 0) / there.length;
      const chance = 1 / there.length;
      return adjusted ? (mean - chance) / (1 - chance) : mean;
    },
    reset: () => counts.reset(),
  };
}

export const balancedAccuracySpec: MetricSpec = {
  name: "balancedAccuracy",
  formula: "mean of tp/(tp + fn) over the classes that occur",
  shapes: "scores N×K, labels N → a number",
  source: "Brodersen et al. 2010, ICPR, The balanced accuracy and its posterior distribution",
  torch: "sklearn.metrics.balanced_accuracy_score",
  memory: "constant",
  nan: "missed",
  // biome-ignore format: one case a line
  samples: [
    { name: "binary", make: () => balancedAccuracy(), draw: { n: 60, frequency: [5, 1] }, expected: "M.balanced_accuracy_score(y, p)" },
    { name: "4 classes, one absent", make: () => balancedAccuracy({ classes: 4 }), draw: { n: 60, classes: 4, frequency: [1, 0, 6, 2] }, expected: "M.balanced_accuracy_score(y, p)" },
    { name: "adjusted", make: () => balancedAccuracy({ classes: 4, adjusted: true }), draw: { n: 60, classes: 4, frequency: [1, 0, 6, 2] }, expected: "M.balanced_accuracy_score(y, p, adjusted=True)" },
    { name: "one class", make: () => balancedAccuracy({ classes: 3 }), draw: { n: 15, classes: 3, frequency: [0, 1, 0] }, expected: "M.balanced_accuracy_score(y, p)" },
    { name: "maps", make: () => balancedAccuracy({ classes: 3, pixels: 9, ignoreIndex: 0 }), draw: { n: 4, classes: 3, pixels: 9, ignoreIndex: 0 }, expected: "M.balanced_accuracy_score(y, p)" },
  ],
};
