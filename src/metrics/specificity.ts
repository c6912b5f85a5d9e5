/** tn/(tn + fp): the share of what is not of a class that was not taken for it; the rate of true negatives. */
import type { Average, Averaged } from "./average.ts";
import { classRatio, type RatioOptions } from "./class-ratio.ts";
import type { Metric } from "./metric.ts";
import type { MetricSpec } from "./metric-spec.ts";
import { ratioSamples } from "./ratio-samples.ts";

export const specificity = <A extends Average = "macro">(
  options: RatioOptions<A> = {},
): Metric<Averaged<A>> => classRatio("specificity", options, ({ tn, fp }) => [tn, tn + fp]);

export const specificitySpec: MetricSpec = {
  name: "specificity",
  formula: "tn/(tn + fp)",
  shapes: "scores N×K, labels N → a number, or K",
  source: "Yerushalmy 1947, Public Health Reports 62(40)",
  torch: "torchmetrics.Specificity",
  memory: "constant",
  nan: "missed",
  samples: /* @__PURE__ */ ratioSamples(specificity, "specificity_score"),
};
