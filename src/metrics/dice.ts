/** 2·tp/(2·tp + fp + fn): the Dice coefficient, F1 by its name in segmentation. Over all pixels seen, not image by image. */
import type { Average, Averaged } from "./average.ts";
import { classRatio, type RatioOptions } from "./class-ratio.ts";
import { fRatio } from "./f-beta.ts";
import type { Metric } from "./metric.ts";
import type { MetricSpec } from "./metric-spec.ts";
import { ratioSamples } from "./ratio-samples.ts";

export const dice = <A extends Average = "macro">(
  options: RatioOptions<A> = {},
): Metric<Averaged<A>> => classRatio("dice", options, fRatio(1));

export const diceSpec: MetricSpec = {
  name: "dice",
  formula: "2·tp/(2·tp + fp + fn)",
  shapes: "scores N×K, labels N → a number, or K",
  source: "Dice 1945, Ecology 26(3)",
  torch: "torchmetrics.Dice",
  memory: "constant",
  nan: "missed",
  samples: /* @__PURE__ */ ratioSamples(dice, "dice_score"),
};
