/**
 * L = 1 − (2·Σ p·g + s)/(Σ p² + Σ g² + s) of each class: the overlap of prediction and truth (Milletari et al. 2016,
 * arXiv:1606.04797, section 3). Without `squared`, Σ p and Σ g stand below the line: the F-score with soft counts.
 */
import type { Tensor } from "../graph/tensor.ts";
import { eachReduction, type LossSpec } from "./loss-spec.ts";
import { reduce } from "./reduction.ts";
import { type OverlapOptions, softCounts } from "./segmentation.ts";

export interface SoftDiceOptions extends OverlapOptions {
  /** True by default, as published. */
  readonly squared?: boolean;
}

/**
 * Logits (or probabilities) N×C(×…) and labels N(×…) as i32, or maps of the logits' shape; without a reduction N×C, or C
 * for the whole batch.
 */
export function softDice(scores: Tensor, target: Tensor, options: SoftDiceOptions = {}): Tensor {
  const { squared = true, smooth = 1, reduction = "mean" } = options;
  const counts = softCounts("softDice", scores, target, options, squared ? 2 : 1);
  const total = counts.predicted.add(counts.actual);
  return reduce(total.sub(counts.both.mul(2)).div(total.add(smooth)), reduction);
}

export const softDiceSpec: LossSpec = {
  name: "softDice",
  formula: "L = 1 − (2·Σ p·g + s)/(Σ p² + Σ g² + s)",
  shapes: "x N×C(×…), y N(×…) labels or N×C(×…) maps → scalar",
  source: "Milletari et al. 2016, arXiv:1606.04797, section 3",
  torch: null,
  // biome-ignore format: one case a line
  samples: [
    /* @__PURE__ */ eachReduction((reduction) => ({ name: "labels, some ignored", inputs: [{ shape: [3, 2, 3], low: -3, high: 3 }, { shape: [2, 3], dtype: "i32", low: -1, high: 2 }], run: (x, y) => softDice(x, y, { ignoreIndex: -1, reduction }), torch: `lambda x, y: dice(x, y, ignore=-1, reduction="${reduction}")` })),
    { name: "batch, no squares, classes left out", inputs: [{ shape: [4, 3], low: -3, high: 3 }, { shape: [3], dtype: "i32", low: 0, high: 3 }], run: (x, y) => softDice(x, y, { squared: false, smooth: 0, perImage: false, ignoreClasses: [0] }), torch: "lambda x, y: dice(x, y, False, smooth=0, per_image=False, without=[0])" },
    { name: "one class", inputs: [{ shape: [1, 2, 3], low: -3, high: 3 }, { shape: [2, 3], dtype: "i32", low: 0, high: 1 }], run: (x, y) => softDice(x, y), torch: "lambda x, y: dice(x, y)" },
    { name: "probabilities and maps", inputs: [{ shape: [2, 5], low: 0, high: 1 }, { shape: [2, 5], low: 0, high: 1 }], run: (x, y) => softDice(x, y, { fromLogits: false }), torch: "lambda x, y: dice(x, y, from_logits=False)" },
    { name: "extreme logits", inputs: [{ shape: [3], values: [100, -100, 0, 1e4, -1e4, 0, -1e4, 1e4, 100, 0, 0, 0, -100, -100, -1e4] }, { shape: [], dtype: "i32", values: [1, 0, 0, 2, 0] }], run: (x, y) => softDice(x, y), torch: "lambda x, y: dice(x, y)" },
  ],
};
