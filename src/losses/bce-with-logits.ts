/**
 * L = −w·(r·y·log σ(x) + (1 − y)·log(1 − σ(x))) of logits x, r the weight of positive examples. Written as
 * (1 − y)·x + (1 + (r − 1)·y)·log(1 + e⁻ˣ), which no logit overflows.
 */

import type { Tensor } from "../graph/tensor.ts";
import { softplus as softplusOp } from "../ops/softplus.ts";
import { eachReduction, extremes, type LossSpec } from "./loss-spec.ts";
import { type Reduction, reduce } from "./reduction.ts";
import { checkSameShape } from "./same-shape.ts";

export interface BceWithLogitsOptions {
  /** Multiplies the losses; broadcasts against them. */
  readonly weight?: Tensor;
  /** How much more a positive example counts than a negative one; a tensor broadcasts against the losses. */
  readonly posWeight?: number | Tensor;
  /** "mean" by default. */
  readonly reduction?: Reduction;
}

/** Logits and targets in [0, 1] of one shape. */
export function bceWithLogits(
  logits: Tensor,
  target: Tensor,
  { weight, posWeight, reduction = "mean" }: BceWithLogitsOptions = {},
): Tensor {
  checkSameShape("bceWithLogits", { logits, target });
  const tail = logits.builder.apply(softplusOp, [logits.neg()]);
  const scale = posWeight === undefined ? undefined : target.mul(less1(posWeight)).add(1);
  const loss = target
    .rsub(1)
    .mul(logits)
    .add(scale ? scale.mul(tail) : tail);
  return reduce(weight ? loss.mul(weight) : loss, reduction);
}

const less1 = (x: number | Tensor) => (typeof x === "number" ? x - 1 : x.sub(1));

export const bceWithLogitsSpec: LossSpec = {
  name: "bceWithLogits",
  formula: "L = −w·(r·y·log σ(x) + (1 − y)·log(1 − σ(x)))",
  shapes: "x, y of one shape → scalar",
  source: "Bernoulli likelihood; Solla, Levin and Fleisher 1988, Complex Systems 2",
  torch: "nn.BCEWithLogitsLoss",
  // biome-ignore format: one case a line
  samples: [
    /* @__PURE__ */ eachReduction((reduction) => ({ name: "plain", inputs: [{ shape: [3, 2], low: -5, high: 5 }, { shape: [3, 2], low: 0, high: 1 }], run: (x, y) => bceWithLogits(x, y, { reduction }), torch: `lambda x, y: F.binary_cross_entropy_with_logits(x, y, reduction="${reduction}")` })),
    { name: "weight and posWeight", inputs: [{ shape: [3, 2], low: -5, high: 5 }, { shape: [3, 2], low: 0, high: 1 }, { shape: [3, 1] }, { shape: [2], low: 0.5, high: 3, static: true }], gradients: [0, 1], run: (x, y, weight, posWeight) => bceWithLogits(x, y, { weight, posWeight }), torch: "lambda x, y, w, r: F.binary_cross_entropy_with_logits(x, y, w.detach(), pos_weight=r.detach())" },
    { name: "extreme logits", inputs: [{ shape: [], values: extremes }, { shape: [], low: 0, high: 1 }], run: (x, y) => bceWithLogits(x, y, { posWeight: 2, reduction: "none" }), torch: 'lambda x, y: F.binary_cross_entropy_with_logits(x, y, pos_weight=torch.tensor(2.0).double(), reduction="none")' },
  ],
};
