/** −1/N·Σ log p[i, y[i]]: the cross-entropy of labels and predicted probabilities, in nats. */
import { ConvkitError } from "../core/error.ts";
import type { Metric } from "./metric.ts";
import type { MetricSpec } from "./metric-spec.ts";
import { logSumExp, type ProbabilityOptions, ProbabilityRows } from "./probability-rows.ts";
import { RunningMean } from "./running-mean.ts";

export interface LogLossOptions extends ProbabilityOptions {
  /**
   * Probabilities are clipped to [eps, 1 − eps], then divided by their sum. By default the distance from 1 to the next
   * number of the scores' type: 2⁻²³ for a Float32Array, else 2⁻⁵². Logits need none, and nothing is clipped.
   */
  readonly eps?: number;
}

export function logLoss(options: LogLossOptions = {}): Metric<number> {
  const { eps: given } = options;
  if (given !== undefined && !(given >= 0 && given < 0.5)) {
    throw new ConvkitError("logLoss", `eps is ${given}, expected a number from 0, below ½`);
  }
  const rows = new ProbabilityRows("logLoss", options);
  const mean = new RunningMean();
  return {
    update(scores, labels) {
      const eps = given ?? (scores instanceof Float32Array ? 2 ** -23 : 2 ** -52);
      const clip = (p: number) => Math.min(Math.max(p, eps), 1 - eps);
      rows.visit(scores, labels, (row, label) => {
        if (rows.logits) {
          mean.add(logSumExp(row, row[label]));
          return;
        }
        let total = 0;
        for (let c = 0; c < row.length; c++) total += clip(row[c]);
        mean.add(-Math.log(clip(row[label]) / total));
      });
    },
    get value() {
      return mean.value;
    },
    reset: () => mean.reset(),
  };
}

export const logLossSpec: MetricSpec = {
  name: "logLoss",
  formula: "−1/N·Σ log p[i, y[i]]",
  shapes: "probabilities or logits N×K, labels N → a number",
  source: "Good 1952, Journal of the Royal Statistical Society B 14(1)",
  torch: "sklearn.metrics.log_loss",
  memory: "constant",
  nan: "spreads",
  // biome-ignore format: one case a line
  samples: [
    { name: "binary", make: () => logLoss(), draw: { n: 50 }, expected: "M.log_loss(y, s)" },
    { name: "clipped zeros", make: () => logLoss(), draw: { n: 50, levels: 3 }, expected: "M.log_loss(y, s)" },
    { name: "eps", make: () => logLoss({ classes: 4, eps: 0.05 }), draw: { n: 50, classes: 4, levels: 5 }, expected: "M.log_loss(y, s, labels=range(k), eps=0.05)" },
    { name: "absent classes, ignored labels", make: () => logLoss({ classes: 5, ignoreIndex: 255 }), draw: { n: 60, classes: 5, frequency: [4, 0, 1, 1, 2], ignoreIndex: 255 }, expected: "M.log_loss(y, s, labels=range(k))" },
    { name: "one class", make: () => logLoss({ classes: 3 }), draw: { n: 10, classes: 3, frequency: [0, 1, 0] }, expected: "M.log_loss(y, s, labels=range(k))" },
    { name: "logits", make: () => logLoss({ classes: 4, from: "logits" }), draw: { n: 50, classes: 4, scores: "logits" }, expected: "F.cross_entropy(T(s), T(y).long())" },
    { name: "binary logits", make: () => logLoss({ from: "logits" }), draw: { n: 50, scores: "logits" }, expected: "F.binary_cross_entropy_with_logits(T(s), T(y).double())" },
    { name: "maps of logits", make: () => logLoss({ classes: 3, pixels: 10, from: "logits", ignoreIndex: -1 }), draw: { n: 3, classes: 3, pixels: 10, scores: "logits", ignoreIndex: -1 }, expected: "F.cross_entropy(T(s), T(y).long())" },
  ],
};
