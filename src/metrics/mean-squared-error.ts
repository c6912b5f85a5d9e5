/** 1/N·Σ (p − y)² over all values of predictions and targets, whatever their shape; or its root. */
import { meanError } from "./mean-error.ts";
import type { Metric } from "./metric.ts";
import type { MetricSpec } from "./metric-spec.ts";

export interface MeanSquaredErrorOptions {
  /** False gives the root, in the unit of the targets. True by default. */
  readonly squared?: boolean;
}

export function meanSquaredError(options: MeanSquaredErrorOptions = {}): Metric<number> {
  const { squared = true } = options;
  const finish = (mean: number) => (squared ? mean : Math.sqrt(mean));
  return meanError("meanSquaredError", (p, y) => (p - y) ** 2, finish);
}

export const meanSquaredErrorSpec: MetricSpec = {
  name: "meanSquaredError",
  formula: "1/N·Σ (p − y)²",
  shapes: "predictions N…, targets N… → a number",
  source: "Gauss 1821, Theoria combinationis observationum",
  torch: "sklearn.metrics.mean_squared_error",
  memory: "constant",
  nan: "spreads",
  // biome-ignore format: one case a line
  samples: [
    { name: "mean", make: () => meanSquaredError(), draw: { n: 70, values: [] }, expected: "M.mean_squared_error(y, s)" },
    { name: "root", make: () => meanSquaredError({ squared: false }), draw: { n: 20, values: [3] }, expected: "M.mean_squared_error(y.ravel(), s.ravel(), squared=False)" },
  ],
};
