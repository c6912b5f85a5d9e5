/** tp/(tp + fn): the share of a class that was found; sensitivity, the rate of true positives. */
import type { Average, Averaged } from "./average.ts";
import { classRatio, type RatioOptions, supportOf } from "./class-ratio.ts";
import type { Metric } from "./metric.ts";
import type { MetricSpec } from "./metric-spec.ts";
import { ratioSamples } from "./ratio-samples.ts";

export const recall = <A extends Average = "macro">(
  options: RatioOptions<A> = {},
): Metric<Averaged<A>> => classRatio("recall", options, (c) => [c.tp, supportOf(c)]);

export const recallSpec: MetricSpec = {
  name: "recall",
  formula: "tp/(tp + fn)",
  shapes: "scores N×K, labels N → a number, or K",
  source: "van Rijsbergen 1979, Information Retrieval, 2nd ed., ch. 7",
  torch: "sklearn.metrics.recall_score",
  memory: "constant",
  nan: "missed",
  samples: /* @__PURE__ */ ratioSamples(recall, "M.recall_score"),
};
