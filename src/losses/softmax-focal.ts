/**
 * L = −w_y·(1 − p_y)^γ·log p_y with p the softmax of the logits (axis 1) and y the label: the focal loss of Lin et al.
 * 2017 (arXiv:1708.02002, equation 5) for classes that exclude each other. The mean is over the labels not ignored.
 */
import type { Tensor } from "../graph/tensor.ts";
import {
  atLabels,
  type ClassWeights,
  classWeights,
  type Labels,
  meanOverLabels,
  readLabels,
} from "./class-labels.ts";
import { eachReduction, type LossSpec } from "./loss-spec.ts";
import { power } from "./power.ts";
import { type Reduction, reduce } from "./reduction.ts";

export interface SoftmaxFocalOptions {
  /** 2 by default; 0 is cross-entropy. */
  readonly gamma?: number;
  /** α, a weight for each class. */
  readonly weight?: ClassWeights;
  /** Examples of this label count for nothing; −100 by default. */
  readonly ignoreIndex?: number;
  /** "mean" by default. */
  readonly reduction?: Reduction;
}

/** Logits N×K(×…) and labels N(×…) as i32. */
export function softmaxFocal(
  logits: Tensor,
  target: Tensor,
  { gamma = 2, weight, ignoreIndex, reduction = "mean" }: SoftmaxFocalOptions = {},
): Tensor {
  const labels = readLabels("softmaxFocal", logits, target, ignoreIndex);
  const logP = logits.builder.apply("logSoftmax", [logits], { axis: 1 });
  const logPy = atLabels(labels, logP);
  let loss = logPy.neg();
  if (gamma !== 0) loss = loss.mul(power(missed(labels, logP, logPy), gamma));
  if (weight) {
    const w = classWeights("softmaxFocal", logits, weight);
    loss = loss.mul(labels.isLabel.where(w, 0).sum(1));
  }
  return reduction === "mean" ? meanOverLabels(labels, loss) : reduce(loss, reduction);
}

/** 1 − p_y: in value the sum of the others, exact where p_y is near 1; in slope −p_y, exact where it is near 0. */
function missed({ isLabel }: Labels, logP: Tensor, logPy: Tensor): Tensor {
  const others = isLabel.where(0, logP.exp()).sum(1);
  const rest = logPy.exp().rsub(1);
  return rest.add(logP.builder.apply("stopGradient", [others.sub(rest)]));
}

const w4 = "torch.tensor([0.5, 1.5, 1, 2]).double()";

export const softmaxFocalSpec: LossSpec = {
  name: "softmaxFocal",
  formula: "L = −w_y·(1 − p_y)^γ·log p_y, p = softmax(x)",
  shapes: "x N×K(×…), y N(×…) → scalar",
  source: "Lin et al. 2017, arXiv:1708.02002, equation 5",
  torch: null,
  // biome-ignore format: one case a line
  samples: [
    /* @__PURE__ */ eachReduction((reduction) => ({ name: "weights", inputs: [{ shape: [4], low: -3, high: 3 }, { shape: [], dtype: "i32", values: [2, -100, 0, 3, 2] }], run: (x, y) => softmaxFocal(x, y, { weight: [0.5, 1.5, 1, 2], reduction }), torch: `lambda x, y: softmax_focal(x, y, 2, ${w4}, reduction="${reduction}")` })),
    { name: "maps, gamma 0.5", inputs: [{ shape: [3, 2, 2], low: -3, high: 3 }, { shape: [2, 2], dtype: "i32", low: 0, high: 2 }], run: (x, y) => softmaxFocal(x, y, { gamma: 0.5 }), torch: "lambda x, y: softmax_focal(x, y, 0.5)" },
    { name: "extreme logits", inputs: [{ shape: [3], values: [100, -100, 0, 1e4, -1e4, 0, -1e4, 1e4, 100, 0, 0, 0, -100, -100, -1e4] }, { shape: [], dtype: "i32", values: [1, 0, 0, 2, 0] }], run: (x, y) => softmaxFocal(x, y), torch: "lambda x, y: softmax_focal(x, y)" },
  ],
};
