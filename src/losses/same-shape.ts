/** Broadcasting a target silently is a classic mistake; a loss compares like with like. */
import { ConvkitError } from "../core/error.ts";
import { formatShape, sameShape } from "../core/shape.ts";
import type { Tensor } from "../graph/tensor.ts";

/** Refuses tensors whose shapes differ, each called by its name in `tensors`. */
export function checkSameShape(where: string, tensors: Readonly<Record<string, Tensor>>): void {
  const [[firstName, first], ...others] = Object.entries(tensors);
  for (const [name, tensor] of others) {
    if (sameShape(first.shape, tensor.shape) && first.dtype === tensor.dtype) continue;
    throw new ConvkitError(
      where,
      `${firstName} ${first.dtype} ${formatShape(first.shape)} and ${name} ${tensor.dtype} ` +
        `${formatShape(tensor.shape)} differ — give both the same shape (labels as one-hot rows)`,
    );
  }
}
