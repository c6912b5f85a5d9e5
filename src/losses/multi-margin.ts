/**
 * L = (1/K)·Σ_{j ≠ y} w_y·max(0, m − x[y] + x[j])ᵖ: the SVM loss of several classes (Weston and Watkins 1999).
 * ConvNetJS's SVM layer sums where PyTorch, and so this, averages over the K classes: its loss is K times this one.
 */
import { ConvkitError } from "../core/error.ts";
import type { Tensor } from "../graph/tensor.ts";
import { atLabels, type ClassWeights, classWeights, readLabels } from "./class-labels.ts";
import { eachReduction, type LossSpec } from "./loss-spec.ts";
import { power } from "./power.ts";
import { type Reduction, reduce } from "./reduction.ts";

export interface MultiMarginOptions {
  /** 1 (by default) or 2. */
  readonly p?: 1 | 2;
  /** 1 by default. */
  readonly margin?: number;
  /** A weight for each class, that of the label. */
  readonly weight?: ClassWeights;
  /** "mean" by default. */
  readonly reduction?: Reduction;
}

/** Scores N×K and labels N as i32. */
export function multiMargin(
  scores: Tensor,
  target: Tensor,
  { p = 1, margin = 1, weight, reduction = "mean" }: MultiMarginOptions = {},
): Tensor {
  if (p !== 1 && p !== 2) throw new ConvkitError("multiMargin", `p is ${p}, expected 1 or 2`);
  const labels = readLabels("multiMargin", scores, target);
  const { isLabel } = labels;
  const own = atLabels(labels, scores).reshape(scores.shape[0], 1, ...scores.shape.slice(2));
  const excess = scores.builder.apply("relu", [scores.sub(own).add(margin)]);
  let loss = isLabel.where(0, power(excess, p)).mean(1);
  if (weight) {
    const w = classWeights("multiMargin", scores, weight);
    loss = loss.mul(isLabel.where(w, 0).sum(1));
  }
  return reduce(loss, reduction);
}

const w4 = "torch.tensor([0.5, 1.5, 1, 2]).double()";

export const multiMarginSpec: LossSpec = {
  name: "multiMargin",
  formula: "L = (1/K)·Σ_{j ≠ y} w_y·max(0, m − x[y] + x[j])ᵖ",
  shapes: "x N×K, y N → scalar",
  source: "Weston and Watkins 1999, ESANN",
  torch: "nn.MultiMarginLoss",
  // biome-ignore format: one case a line
  samples: [
    /* @__PURE__ */ eachReduction((reduction) => ({ name: "plain", inputs: [{ shape: [4], low: -2, high: 2 }, { shape: [], dtype: "i32", low: 0, high: 3 }], run: (x, y) => multiMargin(x, y, { reduction }), torch: `lambda x, y: F.multi_margin_loss(x, y, reduction="${reduction}")` })),
    { name: "squares, margin, weights", inputs: [{ shape: [4], low: -2, high: 2 }, { shape: [], dtype: "i32", low: 0, high: 3 }], run: (x, y) => multiMargin(x, y, { p: 2, margin: 0.7, weight: [0.5, 1.5, 1, 2] }), torch: `lambda x, y: F.multi_margin_loss(x, y, 2, 0.7, ${w4})` },
  ],
};
