/**
 * L = (1 − T)^(1/γ) of each class, T Tversky's index: with γ > 1 classes that overlap badly weigh more (Abraham and Khan
 * 2018, arXiv:1810.07842; its α and β are the weights of false negatives and false positives, the other
 * way round than here).
 */
import { ConvkitError } from "../core/error.ts";
import type { Tensor } from "../graph/tensor.ts";
import { eachReduction, type LossSpec } from "./loss-spec.ts";
import { power } from "./power.ts";
import { reduce } from "./reduction.ts";
import { type SoftTverskyOptions, tverskyLoss } from "./soft-tversky.ts";

export interface FocalTverskyOptions extends SoftTverskyOptions {
  /** 4/3 by default. */
  readonly gamma?: number;
}

/** The slope of a root at 0 is infinite; below this loss it is none. */
const LEAST = 1e-7;

/**
 * Logits (or probabilities) N×C(×…) and labels N(×…) as i32, or maps of the logits' shape; without a reduction N×C, or C
 * for the whole batch.
 */
export function focalTversky(
  scores: Tensor,
  target: Tensor,
  options: FocalTverskyOptions = {},
): Tensor {
  const { gamma = 4 / 3, reduction = "mean" } = options;
  if (!(gamma > 0)) {
    throw new ConvkitError("focalTversky", `gamma is ${gamma}, expected a number above 0`);
  }
  const loss = tverskyLoss("focalTversky", scores, target, options);
  const kept = loss.builder.apply("clamp", [loss], { min: LEAST });
  return reduce(power(kept, 1 / gamma), reduction);
}

export const focalTverskySpec: LossSpec = {
  name: "focalTversky",
  formula: "L = (1 − T)^(1/γ), T = (TP + s)/(TP + α·FP + β·FN + s)",
  shapes: "x N×C(×…), y N(×…) labels or N×C(×…) maps → scalar",
  source: "Abraham and Khan 2018, arXiv:1810.07842",
  torch: null,
  // biome-ignore format: one case a line
  samples: [
    /* @__PURE__ */ eachReduction((reduction) => ({ name: "labels, some ignored", inputs: [{ shape: [3, 2, 3], low: -3, high: 3 }, { shape: [2, 3], dtype: "i32", low: -1, high: 2 }], run: (x, y) => focalTversky(x, y, { ignoreIndex: -1, reduction }), torch: `lambda x, y: tversky(x, y, ignore=-1, reduction="${reduction}", gamma=4 / 3)` })),
  ],
};
