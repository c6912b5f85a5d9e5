/** L = log(1 + e^(−y·x)) for targets y = ±1: logistic regression with its targets written as signs. */

import type { Tensor } from "../graph/tensor.ts";
import { softplus as softplusOp } from "../ops/softplus.ts";
import { eachReduction, type LossSpec } from "./loss-spec.ts";
import { type Reduction, reduce } from "./reduction.ts";
import { checkSameShape } from "./same-shape.ts";

/** Logits and targets ±1 of one shape. */
export function softMargin(
  logits: Tensor,
  target: Tensor,
  { reduction = "mean" }: { reduction?: Reduction } = {},
): Tensor {
  checkSameShape("softMargin", { logits, target });
  return reduce(logits.builder.apply(softplusOp, [logits.mul(target).neg()]), reduction);
}

export const softMarginSpec: LossSpec = {
  name: "softMargin",
  formula: "L = log(1 + e^(−y·x)), y = ±1",
  shapes: "x, y of one shape → scalar",
  source: "Cox 1958, Journal of the Royal Statistical Society B 20",
  torch: "nn.SoftMarginLoss",
  // biome-ignore format: one case a line
  samples: [
    /* @__PURE__ */ eachReduction((reduction) => ({ name: "plain", inputs: [{ shape: [2], low: -4, high: 4 }, { shape: [2], values: [1, -1, -1, 1, 1, 1, -1, -1, 1, -1] }], gradients: [0], run: (x, y) => softMargin(x, y, { reduction }), torch: `lambda x, y: F.soft_margin_loss(x, y.detach(), reduction="${reduction}")` })),
  ],
};
