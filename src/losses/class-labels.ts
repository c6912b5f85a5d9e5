/** Labels N(×…) beside scores N×K(×…), one for each class along axis 1: what the losses of classifiers share. */
import { ConvkitError } from "../core/error.ts";
import { formatShape, sameShape } from "../core/shape.ts";
import { Tensor } from "../graph/tensor.ts";

/** As in PyTorch, a label that no class has; its example counts for nothing. */
export const IGNORE_INDEX = -100;

export type ClassWeights = readonly number[] | Tensor;

export interface Labels {
  /** N×K(×…), true at the class of each label; nowhere, where it is ignored. */
  readonly isLabel: Tensor;
  /** N(×…), false where the label is ignored. */
  readonly isValid: Tensor;
}

export function checkScores(where: string, scores: Tensor): void {
  if (scores.rank >= 2) return;
  throw new ConvkitError(
    where,
    `logits are N×K, got ${formatShape(scores.shape)} — one row of K classes for each example`,
  );
}

export function readLabels(
  where: string,
  scores: Tensor,
  labels: Tensor,
  ignoreIndex: number = IGNORE_INDEX,
): Labels {
  checkScores(where, scores);
  const wanted = scores.shape.filter((_, axis) => axis !== 1);
  if (labels.dtype !== "i32" || !sameShape(labels.shape, wanted)) {
    throw new ConvkitError(
      where,
      `logits ${formatShape(scores.shape)} go with i32 labels ${formatShape(wanted)}, ` +
        `got ${labels.dtype} ${formatShape(labels.shape)}`,
    );
  }
  const isValid = labels.ne(ignoreIndex);
  const onehot = oneHotAxis1(isValid.where(labels, -1), scores.shape[1]);
  return { isLabel: onehot.gt(0), isValid };
}

/** Labels N(×…) → N×K(×…). */
function oneHotAxis1(labels: Tensor, classes: number): Tensor {
  const last = labels.builder.apply("oneHot", [labels], { classes });
  if (labels.rank === 1) return last;
  const inner = labels.shape.slice(1).map((_, i) => i + 1);
  return last.transpose(0, labels.rank, ...inner);
}

/** What stands at the labels, N(×…); 0 where they are ignored. */
export const atLabels = ({ isLabel }: Labels, scores: Tensor): Tensor =>
  isLabel.where(scores, 0).sum(1);

/** Σ L/Σ w over the labels that are not ignored, w the weight of each label's class or 1. */
export function meanOverLabels(
  { isLabel, isValid }: Labels,
  loss: Tensor,
  weight?: Tensor,
): Tensor {
  const counted = weight ? isLabel.where(weight, 0) : isValid.to(loss.dtype);
  return loss.sum().div(counted.sum());
}

/** K weights as K×1×…, to be multiplied with scores. */
export function classWeights(where: string, scores: Tensor, weight: ClassWeights): Tensor {
  const classes = scores.shape[1];
  const size = weight instanceof Tensor ? weight.size : weight.length;
  if (size !== classes) {
    throw new ConvkitError(where, `${size} class weights for ${classes} classes`);
  }
  const row = weight instanceof Tensor ? weight : constants(scores, weight);
  return row.reshape(classes, ...scores.shape.slice(2).map(() => 1));
}

/** Numbers as a tensor of rank 1, of the type of `like`. */
export function constants({ builder, dtype }: Tensor, numbers: readonly number[]): Tensor {
  const parts = numbers.map((x) => builder.constant(x, dtype).reshape(1));
  return builder.apply("concat", parts, { axis: 0 });
}
