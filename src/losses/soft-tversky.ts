/**
 * L = 1 − T, T = (TP + s)/(TP + α·FP + β·FN + s) with soft counts TP = Σ p·g, FP = Σ p·(1 − g), FN = Σ (1 − p)·g of each
 * class: how much missing a pixel costs against a false alarm is set by β and α (Salehi et al. 2017, arXiv:1706.05721).
 * α = β = ½ is Dice, α = β = 1 Jaccard.
 */
import type { Tensor } from "../graph/tensor.ts";
import { eachReduction, type LossSpec } from "./loss-spec.ts";
import { reduce } from "./reduction.ts";
import { type OverlapOptions, softCounts } from "./segmentation.ts";

export interface SoftTverskyOptions extends OverlapOptions {
  /** Weight of false positives, 0.3 by default. */
  readonly alpha?: number;
  /** Weight of false negatives, 0.7 by default. */
  readonly beta?: number;
}

/**
 * Logits (or probabilities) N×C(×…) and labels N(×…) as i32, or maps of the logits' shape; without a reduction N×C, or C
 * for the whole batch.
 */
export function softTversky(
  scores: Tensor,
  target: Tensor,
  options: SoftTverskyOptions = {},
): Tensor {
  return reduce(tverskyLoss("softTversky", scores, target, options), options.reduction ?? "mean");
}

/** 1 − T of each class. */
export function tverskyLoss(
  where: string,
  scores: Tensor,
  target: Tensor,
  options: SoftTverskyOptions,
): Tensor {
  const { alpha = 0.3, beta = 0.7, smooth = 1 } = options;
  const { both, predicted, actual } = softCounts(where, scores, target, options);
  const wrong = predicted.sub(both).mul(alpha).add(actual.sub(both).mul(beta));
  // 1 − T without cancellation
  return wrong.div(both.add(wrong).add(smooth));
}

export const softTverskySpec: LossSpec = {
  name: "softTversky",
  formula: "L = 1 − (TP + s)/(TP + α·FP + β·FN + s)",
  shapes: "x N×C(×…), y N(×…) labels or N×C(×…) maps → scalar",
  source: "Salehi et al. 2017, arXiv:1706.05721; Tversky 1977",
  torch: null,
  // biome-ignore format: one case a line
  samples: [
    /* @__PURE__ */ eachReduction((reduction) => ({ name: "labels, some ignored", inputs: [{ shape: [3, 2, 3], low: -3, high: 3 }, { shape: [2, 3], dtype: "i32", low: -1, high: 2 }], run: (x, y) => softTversky(x, y, { ignoreIndex: -1, reduction }), torch: `lambda x, y: tversky(x, y, ignore=-1, reduction="${reduction}")` })),
    { name: "batch, classes left out", inputs: [{ shape: [4, 3], low: -3, high: 3 }, { shape: [3], dtype: "i32", low: 0, high: 3 }], run: (x, y) => softTversky(x, y, { alpha: 0.8, beta: 0.4, smooth: 0.1, perImage: false, ignoreClasses: [0, 2] }), torch: "lambda x, y: tversky(x, y, 0.8, 0.4, smooth=0.1, per_image=False, without=[0, 2])" },
  ],
};
