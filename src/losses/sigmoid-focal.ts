/**
 * L = −α_t·(1 − p_t)^γ·log p_t with p_t = σ(x) where y = 1, else 1 − σ(x), and α_t = α where y = 1, else 1 − α: examples
 * that are easy already count for little (Lin et al. 2017, arXiv:1708.02002, equation 5).
 */
import type { Tensor } from "../graph/tensor.ts";
import { bceWithLogits } from "./bce-with-logits.ts";
import { eachReduction, extremes, type LossSpec } from "./loss-spec.ts";
import { power } from "./power.ts";
import { type Reduction, reduce } from "./reduction.ts";
import { checkSameShape } from "./same-shape.ts";

export interface SigmoidFocalOptions {
  /** Share of the positive examples, 0.25 by default; below 0 both kinds count alike. */
  readonly alpha?: number;
  /** 2 by default; 0 is cross-entropy. */
  readonly gamma?: number;
  /** "none" by default, as in torchvision. */
  readonly reduction?: Reduction;
}

/** Logits and targets in [0, 1] of one shape. */
export function sigmoidFocal(
  logits: Tensor,
  target: Tensor,
  { alpha = 0.25, gamma = 2, reduction = "none" }: SigmoidFocalOptions = {},
): Tensor {
  checkSameShape("sigmoidFocal", { logits, target });
  const { builder } = logits;
  const p = builder.apply("sigmoid", [logits]);
  const q = builder.apply("sigmoid", [logits.neg()]);
  const negative = target.rsub(1);
  // 1 − p_t, exact where p_t is near 1.
  const missed = q.mul(target).add(p.mul(negative));
  let loss = bceWithLogits(logits, target, { reduction: "none" });
  if (gamma !== 0) loss = loss.mul(power(missed, gamma));
  if (alpha >= 0) loss = loss.mul(target.mul(alpha).add(negative.mul(1 - alpha)));
  return reduce(loss, reduction);
}

export const sigmoidFocalSpec: LossSpec = {
  name: "sigmoidFocal",
  formula: "L = −α_t·(1 − p_t)^γ·log p_t, p_t = σ(x) where y = 1, else 1 − σ(x)",
  shapes: "x, y of one shape → the same",
  source: "Lin et al. 2017, arXiv:1708.02002, equation 5",
  torch: "torchvision.ops.sigmoid_focal_loss",
  // biome-ignore format: one case a line
  samples: [
    /* @__PURE__ */ eachReduction((reduction) => ({ name: "defaults", inputs: [{ shape: [3], low: -4, high: 4 }, { shape: [3], low: 0, high: 1 }], run: (x, y) => sigmoidFocal(x, y, { reduction }), torch: `lambda x, y: torchvision.ops.sigmoid_focal_loss(x, y, reduction="${reduction}")` })),
    { name: "no alpha, gamma 1.5", inputs: [{ shape: [3], low: -4, high: 4 }, { shape: [3], low: 0, high: 1 }], run: (x, y) => sigmoidFocal(x, y, { alpha: -1, gamma: 1.5, reduction: "mean" }), torch: 'lambda x, y: torchvision.ops.sigmoid_focal_loss(x, y, alpha=-1, gamma=1.5, reduction="mean")' },
    { name: "extreme logits", inputs: [{ shape: [], values: extremes }, { shape: [], values: [1, 1, 0, 1, 0] }], run: (x, y) => sigmoidFocal(x, y), torch: "lambda x, y: torchvision.ops.sigmoid_focal_loss(x, y)" },
  ],
};
