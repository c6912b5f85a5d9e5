/**
 * tp/(tp + α·fp + β·fn): Tversky's similarity of what is of a class and what was taken for it. α = β = ½ is Dice, α = β = 1
 * is Jaccard; β above α asks for recall (Salehi et al. 2017, arXiv:1706.05721, equation 3).
 */
import { ConvkitError } from "../core/error.ts";
import type { Average, Averaged } from "./average.ts";
import { classRatio, type RatioOptions } from "./class-ratio.ts";
import type { Metric } from "./metric.ts";
import type { MetricSpec } from "./metric-spec.ts";
import { ratioSamples } from "./ratio-samples.ts";

/** α is the weight of false positives, β that of false negatives. */
export function tversky<A extends Average = "macro">(
  alpha: number,
  beta: number,
  options: RatioOptions<A> = {},
): Metric<Averaged<A>> {
  if (!(alpha >= 0 && beta >= 0)) {
    throw new ConvkitError("tversky", `α is ${alpha} and β ${beta}, expected numbers from 0`);
  }
  return classRatio("tversky", options, (c) => [c.tp, c.tp + alpha * c.fp + beta * c.fn]);
}

export const tverskySpec: MetricSpec = {
  name: "tversky",
  formula: "tp/(tp + α·fp + β·fn)",
  shapes: "scores N×K, labels N → a number, or K",
  source: "Tversky 1977, Psychological Review 84(4); Salehi et al. 2017, arXiv:1706.05721, eq. 3",
  torch: null,
  memory: "constant",
  nan: "missed",
  samples: /* @__PURE__ */ ratioSamples(
    (options) => tversky(0.3, 0.7, options),
    "partial(tversky_score, alpha=0.3, beta=0.7)",
  ),
};
