/**
 * L = −Σ_c w_c·q_c·log p_c with p the softmax of the logits (axis 1) and q the target: labels (one-hot) or
 * a distribution. Label smoothing mixes q with the uniform one: q ← (1 − ε)·q + ε/K (Szegedy et al. 2015,
 * arXiv:1512.00567). As in PyTorch, the mean over labels divides by Σ w_label, over distributions by their
 * number; labels of `ignoreIndex` count for nothing.
 */
import { isFloat } from "../core/dtype.ts";
import { ConvkitError } from "../core/error.ts";
import { formatShape, sameShape } from "../core/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import {
  atLabels,
  type ClassWeights,
  checkScores,
  classWeights,
  meanOverLabels,
  readLabels,
} from "./class-labels.ts";
import { eachReduction, type LossSpec } from "./loss-spec.ts";
import { type Reduction, reduce } from "./reduction.ts";

export interface CrossEntropyOptions {
  /** 0 by default. */
  readonly labelSmoothing?: number;
  /** A weight for each class. */
  readonly weight?: ClassWeights;
  /** Examples of this label count for nothing; −100 by default. Distributions have no such label. */
  readonly ignoreIndex?: number;
  /** "mean" by default. */
  readonly reduction?: Reduction;
}

/** Logits N×K(×…); target: labels N(×…) as i32, or distributions of the logits' shape. */
export function crossEntropy(
  logits: Tensor,
  target: Tensor,
  options: CrossEntropyOptions = {},
): Tensor {
  const { labelSmoothing = 0, reduction = "mean", ignoreIndex } = options;
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw new ConvkitError("crossEntropy", `label smoothing ${labelSmoothing} is not in [0, 1]`);
  }
  checkScores("crossEntropy", logits);
  const { builder } = logits;
  const classes = logits.shape[1];
  const weight = options.weight && classWeights("crossEntropy", logits, options.weight);
  const logP = builder.apply("logSoftmax", [logits], { axis: 1 });
  const weighted = weight ? logP.mul(weight) : logP;

  if (isFloat(target.dtype)) {
    checkDistributions(logits, target);
    const q = labelSmoothing
      ? target.mul(1 - labelSmoothing).add(labelSmoothing / classes)
      : target;
    return reduce(weighted.mul(q).sum(1).neg(), reduction);
  }
  const labels = readLabels("crossEntropy", logits, target, ignoreIndex);
  let loss = atLabels(labels, weighted).neg();
  if (labelSmoothing) {
    // PyTorch weighs the uniform part by each class's weight, the label's part by the label's.
    const uniform = labels.isValid.where(weighted.sum(1).neg(), 0);
    loss = loss.mul(1 - labelSmoothing).add(uniform.mul(labelSmoothing / classes));
  }
  return reduction === "mean" ? meanOverLabels(labels, loss, weight) : reduce(loss, reduction);
}

function checkDistributions(logits: Tensor, target: Tensor): void {
  if (sameShape(target.shape, logits.shape)) return;
  const labels = formatShape(logits.shape.filter((_, axis) => axis !== 1));
  throw new ConvkitError(
    "crossEntropy",
    `logits ${formatShape(logits.shape)} go with i32 labels ${labels} or distributions ` +
      `${formatShape(logits.shape)}, got ${target.dtype} ${formatShape(target.shape)}`,
  );
}

const w4 = "torch.tensor([0.5, 1.5, 1, 2]).double()";

export const crossEntropySpec: LossSpec = {
  name: "crossEntropy",
  formula: "L = −Σ_c w_c·q_c·log softmax(x)_c, q ← (1 − ε)·q + ε/K",
  shapes: "x N×K(×…), y N(×…) labels or N×K(×…) distributions → scalar",
  source: "Bridle 1990; label smoothing: Szegedy et al. 2015, arXiv:1512.00567, section 7",
  torch: "nn.CrossEntropyLoss",
  // biome-ignore format: one case a line
  samples: [
    /* @__PURE__ */ eachReduction((reduction) => ({ name: "labels", inputs: [{ shape: [4], low: -3, high: 3 }, { shape: [], dtype: "i32", low: 0, high: 3 }], run: (x, y) => crossEntropy(x, y, { reduction }), torch: `lambda x, y: F.cross_entropy(x, y, reduction="${reduction}")` })),
    /* @__PURE__ */ eachReduction((reduction) => ({ name: "labels, weights, smoothing, one ignored", inputs: [{ shape: [4], low: -3, high: 3 }, { shape: [], dtype: "i32", values: [2, -100, 0, 3, 2] }], run: (x, y) => crossEntropy(x, y, { weight: [0.5, 1.5, 1, 2], labelSmoothing: 0.1, reduction }), torch: `lambda x, y: F.cross_entropy(x, y, ${w4}, label_smoothing=0.1, reduction="${reduction}")` })),
    /* @__PURE__ */ eachReduction((reduction) => ({ name: "maps, smoothing, ignoring class 0", inputs: [{ shape: [3, 2, 3], low: -3, high: 3 }, { shape: [2, 3], dtype: "i32", low: 0, high: 2 }], run: (x, y) => crossEntropy(x, y, { ignoreIndex: 0, labelSmoothing: 0.2, reduction }), torch: `lambda x, y: F.cross_entropy(x, y, ignore_index=0, label_smoothing=0.2, reduction="${reduction}")` })),
    /* @__PURE__ */ eachReduction((reduction) => ({ name: "distributions", inputs: [{ shape: [4], low: -3, high: 3 }, { shape: [4], low: 0, high: 0.5 }], run: (x, y) => crossEntropy(x, y, { reduction }), torch: `lambda x, y: F.cross_entropy(x, y, reduction="${reduction}")` })),
    /* @__PURE__ */ eachReduction((reduction) => ({ name: "maps of distributions, weights, smoothing", inputs: [{ shape: [4, 3], low: -3, high: 3 }, { shape: [4, 3], low: 0, high: 0.5 }], run: (x, y) => crossEntropy(x, y, { weight: [0.5, 1.5, 1, 2], labelSmoothing: 0.1, reduction }), torch: `lambda x, y: F.cross_entropy(x, y, ${w4}, label_smoothing=0.1, reduction="${reduction}")` })),
    { name: "extreme logits", inputs: [{ shape: [3], values: [100, -100, 0, 1e4, -1e4, 0, -1e4, 1e4, 100, 0, 0, 0, -100, -100, -1e4] }, { shape: [], dtype: "i32", values: [1, 0, 0, 2, 0] }], run: (x, y) => crossEntropy(x, y, { reduction: "none" }), torch: 'lambda x, y: F.cross_entropy(x, y, reduction="none")' },
  ],
};
