/**
 * L = −(1/K)·Σ_c w_c·(y_c·log σ(x_c) + (1 − y_c)·log σ(−x_c)): one binary cross-entropy for each of K labels that may
 * hold together, averaged over them.
 */
import type { Tensor } from "../graph/tensor.ts";
import { bceWithLogits } from "./bce-with-logits.ts";
import { type ClassWeights, checkScores, classWeights } from "./class-labels.ts";
import { eachReduction, extremes, type LossSpec } from "./loss-spec.ts";
import { type Reduction, reduce } from "./reduction.ts";
import { checkSameShape } from "./same-shape.ts";

export interface MultiLabelSoftMarginOptions {
  /** A weight for each label. */
  readonly weight?: ClassWeights;
  /** "mean" by default. */
  readonly reduction?: Reduction;
}

/** Logits and targets in [0, 1], N×K; without a reduction, one number for each example. */
export function multiLabelSoftMargin(
  logits: Tensor,
  target: Tensor,
  { weight, reduction = "mean" }: MultiLabelSoftMarginOptions = {},
): Tensor {
  checkScores("multiLabelSoftMargin", logits);
  checkSameShape("multiLabelSoftMargin", { logits, target });
  const loss = bceWithLogits(logits, target, {
    reduction: "none",
    ...(weight && { weight: classWeights("multiLabelSoftMargin", logits, weight) }),
  });
  return reduce(loss.mean(1), reduction);
}

const w4 = "torch.tensor([0.5, 1.5, 1, 2]).double()";

export const multiLabelSoftMarginSpec: LossSpec = {
  name: "multiLabelSoftMargin",
  formula: "L = −(1/K)·Σ_c w_c·(y_c·log σ(x_c) + (1 − y_c)·log σ(−x_c))",
  shapes: "x, y N×K → scalar, or N without a reduction",
  source: "Bernoulli likelihood of each label",
  torch: "nn.MultiLabelSoftMarginLoss",
  // biome-ignore format: one case a line
  samples: [
    /* @__PURE__ */ eachReduction((reduction) => ({ name: "weights", inputs: [{ shape: [4], low: -3, high: 3 }, { shape: [4], low: 0, high: 1 }], run: (x, y) => multiLabelSoftMargin(x, y, { weight: [0.5, 1.5, 1, 2], reduction }), torch: `lambda x, y: F.multilabel_soft_margin_loss(x, y, ${w4}, reduction="${reduction}")` })),
    { name: "extreme logits", inputs: [{ shape: [1], values: extremes }, { shape: [1], low: 0, high: 1 }], run: (x, y) => multiLabelSoftMargin(x, y), torch: "lambda x, y: F.multilabel_soft_margin_loss(x, y)" },
  ],
};
