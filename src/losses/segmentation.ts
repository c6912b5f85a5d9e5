/** What the losses of segmentation share: probabilities and truth of each class at each pixel, and soft counts of them. */
import { isFloat } from "../core/dtype.ts";
import { ConvkitError } from "../core/error.ts";
import { formatShape } from "../core/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import { checkScores, readLabels } from "./class-labels.ts";
import type { Reduction } from "./reduction.ts";
import { checkSameShape } from "./same-shape.ts";

export interface SegmentationOptions {
  /** True by default: scores are logits, of which softmax (sigmoid, where there is one class) makes probabilities. */
  readonly fromLogits?: boolean;
  /** Pixels of this label count for nothing; −100 by default. */
  readonly ignoreIndex?: number;
}

export interface OverlapOptions extends SegmentationOptions {
  /** True by default: each image has its own counts; else the batch has them together. */
  readonly perImage?: boolean;
  /** Added above and below the line, so that a class that is absent has no 0/0; 1 by default. */
  readonly smooth?: number;
  /** Classes left out of the mean, such as the background. */
  readonly ignoreClasses?: readonly number[];
  /** "mean" by default. */
  readonly reduction?: Reduction;
}

export interface Segmentation {
  /** N×C×P, P pixels; 0 where the label is ignored. */
  readonly predicted: Tensor;
  readonly actual: Tensor;
}

/**
 * Scores N×C(×…); target: labels N(×…) as i32, or maps of the scores' shape. With one class, label 1 is that class and
 * 0 is not.
 */
export function readSegmentation(
  where: string,
  scores: Tensor,
  target: Tensor,
  { fromLogits = true, ignoreIndex }: SegmentationOptions,
): Segmentation {
  checkScores(where, scores);
  const { builder } = scores;
  const [n, classes] = scores.shape;
  let p = scores;
  if (fromLogits) {
    p = classes === 1 ? builder.apply("sigmoid", [p]) : builder.apply("softmax", [p], { axis: 1 });
  }
  const pixels = (t: Tensor) => t.reshape(n, t.shape[1], -1);
  if (isFloat(target.dtype)) {
    checkSameShape(where, { scores, target });
    return { predicted: pixels(p), actual: pixels(target) };
  }
  const { isLabel, isValid } = readLabels(where, scores, target, ignoreIndex);
  const beside = (t: Tensor) => t.reshape(n, 1, ...scores.shape.slice(2));
  const actual = classes === 1 ? beside(target.eq(1)) : isLabel;
  const valid = beside(isValid);
  return {
    predicted: pixels(valid.where(p, 0)),
    actual: pixels(valid.where(actual.to(p.dtype), 0)),
  };
}

export interface SoftCounts {
  /** Σ p·g of each image and class, N×C, or of each class, C: soft true positives. */
  readonly both: Tensor;
  /** Σ pᵏ and Σ gᵏ, k the `power`. */
  readonly predicted: Tensor;
  readonly actual: Tensor;
}

export function softCounts(
  where: string,
  scores: Tensor,
  target: Tensor,
  options: OverlapOptions,
  power: 1 | 2 = 1,
): SoftCounts {
  const { perImage = true, ignoreClasses = [] } = options;
  const whole = readSegmentation(where, scores, target, options);
  const [predicted, actual] = [whole.predicted, whole.actual].map((t) =>
    withoutClasses(where, t, ignoreClasses),
  );
  const count = (t: Tensor) => t.sum(perImage ? 2 : [0, 2]);
  const raised = (t: Tensor) => count(power === 2 ? t.square() : t);
  return {
    both: count(predicted.mul(actual)),
    predicted: raised(predicted),
    actual: raised(actual),
  };
}

function withoutClasses(where: string, t: Tensor, ignored: readonly number[]): Tensor {
  if (ignored.length === 0) return t;
  const classes = t.shape[1];
  const kept = Array.from({ length: classes }, (_, c) => c).filter((c) => !ignored.includes(c));
  if (kept.length === 0 || !ignored.every((c) => Number.isInteger(c) && c >= 0 && c < classes)) {
    throw new ConvkitError(
      where,
      `cannot leave classes ${ignored} out of ${formatShape(t.shape)} — name some of 0 … ${classes - 1}`,
    );
  }
  return t.builder.apply(
    "concat",
    kept.map((c) => t.slice(1, c, c + 1)),
    { axis: 1 },
  );
}
