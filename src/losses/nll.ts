/**
 * L = −w_y·x[y], the negative log-likelihood of the label y, of log-probabilities x along axis 1. The mean divides by
 * Σ w_y over the labels that are not ignored.
 */
import type { Tensor } from "../graph/tensor.ts";
import {
  atLabels,
  type ClassWeights,
  classWeights,
  meanOverLabels,
  readLabels,
} from "./class-labels.ts";
import { eachReduction, type LossSpec } from "./loss-spec.ts";
import { type Reduction, reduce } from "./reduction.ts";

export interface NllOptions {
  /** A weight for each class. */
  readonly weight?: ClassWeights;
  /** Examples of this label count for nothing; −100 by default. */
  readonly ignoreIndex?: number;
  /** "mean" by default. */
  readonly reduction?: Reduction;
}

/** Log-probabilities N×K(×…), such as logSoftmax gives, and labels N(×…) as i32. */
export function nll(
  logProbabilities: Tensor,
  target: Tensor,
  { weight, ignoreIndex, reduction = "mean" }: NllOptions = {},
): Tensor {
  const labels = readLabels("nll", logProbabilities, target, ignoreIndex);
  const w = weight && classWeights("nll", logProbabilities, weight);
  const loss = atLabels(labels, w ? logProbabilities.mul(w) : logProbabilities).neg();
  return reduction === "mean" ? meanOverLabels(labels, loss, w) : reduce(loss, reduction);
}

export const nllSpec: LossSpec = {
  name: "nll",
  formula: "L = −w_y·x[y]",
  shapes: "x N×K(×…), y N(×…) → scalar",
  source: "Fisher 1922, Philosophical Transactions A 222; maximum likelihood",
  torch: "nn.NLLLoss",
  // biome-ignore format: one case a line
  samples: [
    /* @__PURE__ */ eachReduction((reduction) => ({ name: "weights", inputs: [{ shape: [4], low: -4, high: 0 }, { shape: [], dtype: "i32", low: 0, high: 3 }], run: (x, y) => nll(x, y, { weight: [0.5, 1.5, 1, 2], reduction }), torch: `lambda x, y: F.nll_loss(x, y, torch.tensor([0.5, 1.5, 1, 2]).double(), reduction="${reduction}")` })),
    /* @__PURE__ */ eachReduction((reduction) => ({ name: "maps, ignoring class 1", inputs: [{ shape: [3, 2, 3], low: -4, high: 0 }, { shape: [2, 3], dtype: "i32", low: 0, high: 2 }], run: (x, y) => nll(x, y, { ignoreIndex: 1, reduction }), torch: `lambda x, y: F.nll_loss(x, y, ignore_index=1, reduction="${reduction}")` })),
  ],
};
