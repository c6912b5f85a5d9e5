/**
 * (1 + β²)·P·R/(β²·P + R), in counts (1 + β²)·tp/((1 + β²)·tp + β²·fn + fp): the harmonic mean of precision P and recall
 * R, in which recall weighs β times as much (van Rijsbergen 1979, Information Retrieval, ch. 7).
 */
import { ConvkitError } from "../core/error.ts";
import type { Average, Averaged } from "./average.ts";
import { classRatio, type Ratio, type RatioOptions } from "./class-ratio.ts";
import type { Metric } from "./metric.ts";
import type { MetricSpec } from "./metric-spec.ts";
import { ratioSamples } from "./ratio-samples.ts";

/** β from 0 (precision) to Infinity (recall). */
export function fBeta<A extends Average = "macro">(
  beta: number,
  options: RatioOptions<A> = {},
): Metric<Averaged<A>> {
  if (!(beta >= 0)) throw new ConvkitError("fBeta", `β is ${beta}, expected a number from 0`);
  return classRatio("fBeta", options, fRatio(beta));
}

export const f1 = <A extends Average = "macro">(
  options: RatioOptions<A> = {},
): Metric<Averaged<A>> => classRatio("f1", options, fRatio(1));

export function fRatio(beta: number): Ratio {
  if (beta === Infinity) return ({ tp, fn }) => [tp, tp + fn];
  const b = beta ** 2;
  return ({ tp, fp, fn }) => [(1 + b) * tp, (1 + b) * tp + b * fn + fp];
}

export const fBetaSpec: MetricSpec = {
  name: "fBeta",
  formula: "(1 + β²)·tp/((1 + β²)·tp + β²·fn + fp)",
  shapes: "scores N×K, labels N → a number, or K",
  source: "van Rijsbergen 1979, Information Retrieval, 2nd ed., ch. 7",
  torch: "sklearn.metrics.fbeta_score",
  memory: "constant",
  nan: "missed",
  samples: /* @__PURE__ */ [0, 0.5, 2, Infinity].flatMap((beta) =>
    ratioSamples(
      (options) => fBeta(beta, options),
      `partial(M.fbeta_score, beta=${beta === Infinity ? "inf" : beta})`,
      `β = ${beta}, `,
    ),
  ),
};

export const f1Spec: MetricSpec = {
  name: "f1",
  formula: "2·tp/(2·tp + fn + fp)",
  shapes: "scores N×K, labels N → a number, or K",
  source: "van Rijsbergen 1979, Information Retrieval, 2nd ed., ch. 7",
  torch: "sklearn.metrics.f1_score",
  memory: "constant",
  nan: "missed",
  samples: /* @__PURE__ */ ratioSamples(f1, "M.f1_score"),
};
