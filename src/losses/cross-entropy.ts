/**
 * L = −Σ_c w_c·q_c·log p_c with p the softmax of the logits (axis 1) and q the target: labels (one-hot) or
 * a distribution. Label smoothing mixes q with the uniform one: q ← (1 − ε)·q + ε/K (Szegedy et al. 2015,
 * arXiv:1512.00567). As in PyTorch, the mean over labels divides by Σ w_label, over distributions by their
 * number.
 */
import { isFloat } from "../core/dtype.ts";
import { ConvkitError } from "../core/error.ts";
import { formatShape, sameShape } from "../core/shape.ts";
import { Tensor } from "../graph/tensor.ts";
import { type Reduction, reduce } from "./reduction.ts";

export interface CrossEntropyOptions {
  readonly labelSmoothing?: number;
  /** A weight for each class. */
  readonly weight?: readonly number[] | Tensor;
  readonly reduction?: Reduction;
}

/** Logits N×K(×…); target: labels N(×…) as i32, or distributions of the logits' shape. */
export function crossEntropy(
  logits: Tensor,
  target: Tensor,
  options: CrossEntropyOptions = {},
): Tensor {
  const { labelSmoothing = 0, reduction = "mean" } = options;
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw new ConvkitError("crossEntropy", `label smoothing ${labelSmoothing} is not in [0, 1]`);
  }
  if (logits.rank < 2) {
    throw new ConvkitError(
      "crossEntropy",
      `logits are N×K, got ${formatShape(logits.shape)} — one row of K classes for each example`,
    );
  }
  const { builder } = logits;
  const classes = logits.shape[1];
  const soft = isFloat(target.dtype);
  checkTarget(logits, target, soft);
  const logP = builder.apply("logSoftmax", [logits], { axis: 1 });
  const weight = options.weight && classWeights(logits, options.weight);
  const weighted = (t: Tensor) => (weight ? t.mul(weight) : t);

  const q = soft ? target : oneHotAxis1(target, classes);
  if (soft) {
    const mixed = labelSmoothing ? q.mul(1 - labelSmoothing).add(labelSmoothing / classes) : q;
    return reduce(weighted(logP.mul(mixed)).sum(1).neg(), reduction);
  }
  const nll = weighted(logP.mul(q)).sum(1).neg();
  // PyTorch weighs the uniform part by each class's weight, the label's part by the label's.
  const smooth = labelSmoothing ? weighted(logP).sum(1).neg() : undefined;
  const loss = smooth ? nll.mul(1 - labelSmoothing).add(smooth.mul(labelSmoothing / classes)) : nll;
  if (reduction !== "mean" || !weight) return reduce(loss, reduction);
  return loss.sum().div(q.mul(weight).sum());
}

/** Labels N(×…) → N×K(×…). */
function oneHotAxis1(labels: Tensor, classes: number): Tensor {
  const last = labels.builder.apply("oneHot", [labels], { classes });
  if (labels.rank === 1) return last;
  const inner = labels.shape.slice(1).map((_, i) => i + 1);
  return last.transpose(0, labels.rank, ...inner);
}

function classWeights(logits: Tensor, weight: readonly number[] | Tensor): Tensor {
  const { builder } = logits;
  const classes = logits.shape[1];
  const size = weight instanceof Tensor ? weight.size : weight.length;
  if (size !== classes) {
    throw new ConvkitError("crossEntropy", `${size} class weights for ${classes} classes`);
  }
  const row =
    weight instanceof Tensor
      ? weight
      : builder.apply(
          "concat",
          weight.map((w) => builder.constant(w, logits.dtype).reshape(1)),
          { axis: 0 },
        );
  return row.reshape(classes, ...logits.shape.slice(2).map(() => 1));
}

function checkTarget(logits: Tensor, target: Tensor, soft: boolean): void {
  const wanted = soft ? logits.shape : logits.shape.filter((_, axis) => axis !== 1);
  if (sameShape(target.shape, wanted) && (soft || target.dtype === "i32")) return;
  throw new ConvkitError(
    "crossEntropy",
    `logits ${formatShape(logits.shape)} go with i32 labels ` +
      `${formatShape(logits.shape.filter((_, axis) => axis !== 1))} or distributions ` +
      `${formatShape(logits.shape)}, got ${target.dtype} ${formatShape(target.shape)}`,
  );
}
