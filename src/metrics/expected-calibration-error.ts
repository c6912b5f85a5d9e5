/**
 * How far confidence is from the share of hits, over the bins of a reliability diagram with weights w_b = n_b/N:
 * Σ w·|acc − conf| (norm l1), √Σ w·(acc − conf)² (l2), or the largest |acc − conf| (max).
 * Guo et al. 2017, arXiv:1706.04599, equations 3 and 5; l2: Kumar et al. 2019, arXiv:1909.10155.
 */
import { ConvkitError } from "../core/error.ts";
import type { Metric } from "./metric.ts";
import type { MetricSpec } from "./metric-spec.ts";
import { calibration, type ReliabilityOptions } from "./reliability-diagram.ts";

export interface CalibrationErrorOptions extends ReliabilityOptions {
  /** `"l1"`, by default, is the expected calibration error, `"max"` the maximum calibration error. */
  readonly norm?: "l1" | "l2" | "max";
}

export function expectedCalibrationError(options: CalibrationErrorOptions = {}): Metric<number> {
  const { norm = "l1" } = options;
  if (norm !== "l1" && norm !== "l2" && norm !== "max") {
    throw new ConvkitError(
      "expectedCalibrationError",
      `norm is "${norm}", expected "l1", "l2" or "max"`,
    );
  }
  const diagram = calibration("expectedCalibrationError", options);
  return {
    update: (scores, labels) => diagram.update(scores, labels),
    get value() {
      const bins = diagram.value.filter(({ count }) => count > 0);
      if (bins.length === 0) return Number.NaN;
      const total = bins.reduce((sum, { count }) => sum + count, 0);
      const gaps = bins.map(({ accuracy, confidence }) => Math.abs(accuracy - confidence));
      if (norm === "max") return Math.max(...gaps);
      const power = norm === "l1" ? 1 : 2;
      const mean = bins.reduce((sum, { count }, b) => sum + (count / total) * gaps[b] ** power, 0);
      return mean ** (1 / power);
    },
    reset: () => diagram.reset(),
  };
}

export const expectedCalibrationErrorSpec: MetricSpec = {
  name: "expectedCalibrationError",
  formula: "Σ n_b/N·|acc_b − conf_b|",
  shapes: "probabilities or logits N×K, labels N → a number",
  source: "Naeini et al. 2015, AAAI; Guo et al. 2017, arXiv:1706.04599, eq. 3 and 5",
  torch: "torchmetrics.CalibrationError",
  memory: "constant",
  nan: "spreads",
  // biome-ignore format: one case a line
  samples: [
    { name: "binary", make: () => expectedCalibrationError(), draw: { n: 200 }, expected: "ece(y, s, 15, 'l1')" },
    { name: "4 classes", make: () => expectedCalibrationError({ classes: 4 }), draw: { n: 200, classes: 4 }, expected: "ece(y == p, s.max(1), 15, 'l1')" },
    { name: "on borders, l2", make: () => expectedCalibrationError({ bins: 10, norm: "l2" }), draw: { n: 90, levels: 10 }, expected: "ece(y, s, 10, 'l2')" },
    { name: "max", make: () => expectedCalibrationError({ classes: 3, bins: 7, norm: "max" }), draw: { n: 90, classes: 3 }, expected: "ece(y == p, s.max(1), 7, 'max')" },
    { name: "maps of logits", make: () => expectedCalibrationError({ classes: 3, pixels: 30, from: "logits", ignoreIndex: 255 }), draw: { n: 3, classes: 3, pixels: 30, scores: "logits", ignoreIndex: 255 }, expected: "ece(y == p, scipy.special.softmax(s, axis=1).max(1), 15, 'l1')" },
    { name: "one class", make: () => expectedCalibrationError({ bins: 1 }), draw: { n: 20, frequency: [1, 0] }, expected: "ece(y, s, 1, 'l1')" },
  ],
};
