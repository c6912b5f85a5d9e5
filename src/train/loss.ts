/** The loss of a network's outputs N×K for labels N, by name or as a function. */
import { ConvkitError } from "../core/error.ts";
import { formatShape } from "../core/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import { crossEntropy } from "../losses/cross-entropy.ts";
import { squaredError } from "../losses/squared-error.ts";

export type LossName = "crossEntropy" | "squaredError";

/** The mean over the batch, a scalar. */
export type LossFunction = (output: Tensor, labels: Tensor) => Tensor;

export interface LossSettings {
  readonly loss: LossName | LossFunction;
  readonly labelSmoothing?: number;
  readonly classWeights?: readonly number[];
}

/** Scores N×K, also of a network that gives them as N×K×1×1, as some that were imported do. */
export const scoresOf = (output: Tensor): Tensor =>
  output.rank > 2 && output.size === output.shape[0] * output.shape[1]
    ? output.reshape(output.shape[0], output.shape[1])
    : output;

export function lossOf(output: Tensor, labels: Tensor, classes: number, how: LossSettings): Tensor {
  if (output.rank !== 2 || output.shape[1] !== classes) {
    throw new ConvkitError(
      "train",
      `the network gives ${formatShape(output.shape)} for ${classes} classes, expected one row of ` +
        `${classes} scores for each picture — end it with linear(${classes})`,
    );
  }
  const { loss, labelSmoothing = 0, classWeights } = how;
  if (loss === "crossEntropy") {
    return crossEntropy(output, labels, {
      labelSmoothing,
      ...(classWeights && { weight: classWeights }),
    });
  }
  const own = typeof loss === "function";
  if (labelSmoothing > 0 || classWeights) {
    throw new ConvkitError(
      "train",
      "label smoothing and class weights belong to cross-entropy, this model is trained with " +
        `${own ? "a loss of your own" : "the squared error"} — leave them out, or choose another loss`,
    );
  }
  if (own) return loss(output, labels);
  return squaredError(output, output.builder.apply("oneHot", [labels], { classes }));
}
