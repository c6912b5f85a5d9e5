/**
 * L = ½·Σ (ŷ − y)², summed over each example's elements; over the batch the mean, unless asked otherwise.
 * The loss of Zhang's derivation and of early networks.
 */
import type { Tensor } from "../graph/tensor.ts";
import { checkSameShape } from "./mse.ts";
import { type Reduction, reduce } from "./reduction.ts";

export function squaredError(
  prediction: Tensor,
  target: Tensor,
  { reduction = "mean" }: { reduction?: Reduction } = {},
): Tensor {
  checkSameShape("squaredError", prediction, target);
  const features = prediction.shape.map((_, i) => i).slice(1);
  return reduce(prediction.sub(target).square().sum(features).mul(0.5), reduction);
}
