/** L = (ŷ − y)², by default the mean over all elements: PyTorch's MSELoss. */
import { ConvkitError } from "../core/error.ts";
import { formatShape, sameShape } from "../core/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import { type Reduction, reduce } from "./reduction.ts";

export function mse(
  prediction: Tensor,
  target: Tensor,
  { reduction = "mean" }: { reduction?: Reduction } = {},
): Tensor {
  checkSameShape("mse", prediction, target);
  return reduce(prediction.sub(target).square(), reduction);
}

/** Broadcasting a target silently is a classic mistake; a loss compares like with like. */
export function checkSameShape(where: string, prediction: Tensor, target: Tensor): void {
  if (sameShape(prediction.shape, target.shape)) return;
  throw new ConvkitError(
    where,
    `prediction ${formatShape(prediction.shape)} and target ${formatShape(target.shape)} differ — ` +
      "give both the same shape (labels as one-hot rows)",
  );
}
