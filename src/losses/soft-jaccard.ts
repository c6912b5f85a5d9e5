/**
 * L = 1 − (I + s)/(U + s) of each class, with soft intersection I = Σ p·g and union U = Σ p + Σ g − I (Rahman and Wang
 * 2016). It is Tversky's index with α = β = 1.
 */
import type { Tensor } from "../graph/tensor.ts";
import { eachReduction, type LossSpec } from "./loss-spec.ts";
import { reduce } from "./reduction.ts";
import type { OverlapOptions } from "./segmentation.ts";
import { tverskyLoss } from "./soft-tversky.ts";

/**
 * Logits (or probabilities) N×C(×…) and labels N(×…) as i32, or maps of the logits' shape; without a reduction N×C, or C
 * for the whole batch.
 */
export function softJaccard(scores: Tensor, target: Tensor, options: OverlapOptions = {}): Tensor {
  const loss = tverskyLoss("softJaccard", scores, target, { ...options, alpha: 1, beta: 1 });
  return reduce(loss, options.reduction ?? "mean");
}

export const softJaccardSpec: LossSpec = {
  name: "softJaccard",
  formula: "L = 1 − (Σ p·g + s)/(Σ p + Σ g − Σ p·g + s)",
  shapes: "x N×C(×…), y N(×…) labels or N×C(×…) maps → scalar",
  source: "Rahman and Wang 2016, ISVC",
  torch: null,
  // biome-ignore format: one case a line
  samples: [
    /* @__PURE__ */ eachReduction((reduction) => ({ name: "labels, some ignored", inputs: [{ shape: [3, 2, 3], low: -3, high: 3 }, { shape: [2, 3], dtype: "i32", low: -1, high: 2 }], run: (x, y) => softJaccard(x, y, { ignoreIndex: -1, reduction }), torch: `lambda x, y: jaccard(x, y, ignore=-1, reduction="${reduction}")` })),
    { name: "batch of maps", inputs: [{ shape: [2, 5], low: -3, high: 3 }, { shape: [2, 5], low: 0, high: 1 }], run: (x, y) => softJaccard(x, y, { perImage: false }), torch: "lambda x, y: jaccard(x, y, per_image=False)" },
  ],
};
