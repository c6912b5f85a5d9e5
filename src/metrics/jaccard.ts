/** tp/(tp + fp + fn): intersection over union (IoU) of what is of a class and what was taken for it. */
import type { Average, Averaged } from "./average.ts";
import { classRatio, type RatioOptions } from "./class-ratio.ts";
import type { Metric } from "./metric.ts";
import type { MetricSpec } from "./metric-spec.ts";
import { ratioSamples } from "./ratio-samples.ts";

/** Of segmentations the mean IoU: `jaccard({ classes, pixels, ignoreIndex })`. */
export const jaccard = <A extends Average = "macro">(
  options: RatioOptions<A> = {},
): Metric<Averaged<A>> => classRatio("jaccard", options, ({ tp, fp, fn }) => [tp, tp + fp + fn]);

export const jaccardSpec: MetricSpec = {
  name: "jaccard",
  formula: "tp/(tp + fp + fn)",
  shapes: "scores N×K, labels N → a number, or K",
  source: "Jaccard 1901, Bulletin de la Société vaudoise des sciences naturelles 37",
  torch: "sklearn.metrics.jaccard_score",
  memory: "constant",
  nan: "missed",
  samples: /* @__PURE__ */ ratioSamples(jaccard, "M.jaccard_score"),
};
