/**
 * How often predictions of a given confidence are right: bins over (0, 1], each with its share of hits and its mean
 * confidence, which are equal where a classifier is calibrated (Guo et al. 2017, arXiv:1706.04599, section 2).
 */
import { ConvkitError } from "../core/error.ts";
import { bestOf, type Metric } from "./metric.ts";
import type { MetricSpec } from "./metric-spec.ts";
import { type ProbabilityOptions, ProbabilityRows } from "./probability-rows.ts";
import { RunningMean } from "./running-mean.ts";

export interface ReliabilityOptions extends ProbabilityOptions {
  /** Of equal width. 15 by default. */
  readonly bins?: number;
}

/** Confidences in (low, high], and 0 in the first. */
export interface ReliabilityBin {
  readonly low: number;
  readonly high: number;
  readonly count: number;
  /** Share of hits; of a binary task, of ones. NaN in an empty bin. */
  readonly accuracy: number;
  /** Mean. NaN in an empty bin. */
  readonly confidence: number;
}

/**
 * With `classes` the confidence is the largest probability, and a hit is its class; of a binary task it is the probability
 * of 1. A score that is NaN makes the first bin NaN.
 */
export function reliabilityDiagram(options: ReliabilityOptions = {}): Metric<ReliabilityBin[]> {
  return calibration("reliabilityDiagram", options);
}

export function calibration(where: string, options: ReliabilityOptions): Metric<ReliabilityBin[]> {
  const { bins = 15 } = options;
  if (!Number.isInteger(bins) || bins < 1) {
    throw new ConvkitError(where, `${bins} bins — a whole number from 1 is needed`);
  }
  const rows = new ProbabilityRows(where, options);
  const binary = rows.task.kind === "binary";
  const hits = new Float64Array(bins);
  const confidences = Array.from({ length: bins }, () => new RunningMean());
  return {
    update(scores, labels) {
      rows.visitProbabilities(scores, labels, (row, label) => {
        const best = binary ? 1 : Math.max(0, bestOf(row, 0, row.length, 1));
        const bin = binOf(row[best], bins);
        if (label === best) hits[bin]++;
        confidences[bin].add(row[best]);
      });
    },
    get value() {
      return confidences.map((confidence, bin) => ({
        low: bin / bins,
        high: (bin + 1) / bins,
        count: confidence.count,
        accuracy: hits[bin] / confidence.count,
        confidence: confidence.value,
      }));
    },
    reset() {
      hits.fill(0);
      for (const confidence of confidences) confidence.reset();
    },
  };
}

/** The bin b with b/bins < p ≤ (b + 1)/bins; NaN goes into the first, which it makes NaN. */
function binOf(p: number, bins: number): number {
  if (!(p > 0)) return 0;
  const bin = Math.min(Math.ceil(p * bins) - 1, bins - 1);
  // The product is rounded, and may have crossed a border.
  if (p <= bin / bins) return bin - 1;
  return p > (bin + 1) / bins && bin + 1 < bins ? bin + 1 : bin;
}

export const reliabilityDiagramSpec: MetricSpec = {
  name: "reliabilityDiagram",
  formula: "(mean confidence, share of hits) of each bin",
  shapes: "probabilities or logits N×K, labels N → bins",
  source:
    "DeGroot and Fienberg 1983, The Statistician 32; Guo et al. 2017, arXiv:1706.04599, section 2",
  torch: "sklearn.calibration.calibration_curve",
  memory: "constant",
  nan: "spreads",
  empty: "zeros",
  // biome-ignore format: one case a line
  samples: [
    { name: "binary", make: () => reliabilityDiagram({ bins: 5 }), draw: { n: 60 }, expected: "reliability(y, s, 5)" },
    { name: "4 classes", make: () => reliabilityDiagram({ classes: 4, bins: 10 }), draw: { n: 60, classes: 4 }, expected: "reliability(y == p, s.max(1), 10)" },
    { name: "one class", make: () => reliabilityDiagram({ bins: 4 }), draw: { n: 20, frequency: [1, 0] }, expected: "reliability(y, s, 4)" },
  ],
};
