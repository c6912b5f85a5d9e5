/** 1/N·Σ |p − y| over all values of predictions and targets, whatever their shape. */
import { meanError } from "./mean-error.ts";
import type { Metric } from "./metric.ts";
import type { MetricSpec } from "./metric-spec.ts";

export const meanAbsoluteError = (): Metric<number> =>
  meanError("meanAbsoluteError", (p, y) => Math.abs(p - y));

export const meanAbsoluteErrorSpec: MetricSpec = {
  name: "meanAbsoluteError",
  formula: "1/N·Σ |p − y|",
  shapes: "predictions N…, targets N… → a number",
  source: "Laplace 1774, Mémoire sur la probabilité des causes par les événements",
  torch: "sklearn.metrics.mean_absolute_error",
  memory: "constant",
  nan: "spreads",
  // biome-ignore format: one case a line
  samples: [
    { name: "mean", make: () => meanAbsoluteError(), draw: { n: 70, values: [] }, expected: "M.mean_absolute_error(y, s)" },
    { name: "several outputs", make: () => meanAbsoluteError(), draw: { n: 20, values: [3] }, expected: "M.mean_absolute_error(y, s)" },
  ],
};
