/** tp/(tp + fp): the share of what was taken for a class that is of it. */
import type { Average, Averaged } from "./average.ts";
import { classRatio, type RatioOptions } from "./class-ratio.ts";
import type { Metric } from "./metric.ts";
import type { MetricSpec } from "./metric-spec.ts";
import { ratioSamples } from "./ratio-samples.ts";

export const precision = <A extends Average = "macro">(
  options: RatioOptions<A> = {},
): Metric<Averaged<A>> => classRatio("precision", options, ({ tp, fp }) => [tp, tp + fp]);

export const precisionSpec: MetricSpec = {
  name: "precision",
  formula: "tp/(tp + fp)",
  shapes: "scores N×K, labels N → a number, or K",
  source: "van Rijsbergen 1979, Information Retrieval, 2nd ed., ch. 7",
  torch: "sklearn.metrics.precision_score",
  memory: "constant",
  nan: "missed",
  samples: /* @__PURE__ */ ratioSamples(precision, "M.precision_score"),
};
