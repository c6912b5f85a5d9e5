/** The gradient of a scalar, as graph: what a training step and an explanation of a prediction begin with. */
import { isFloat } from "../core/dtype.ts";
import { ConvkitError } from "../core/error.ts";
import { formatShape } from "../core/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import { pullback } from "./pullback.ts";

/** ∂loss/∂w for each w of `wrt`; zeros where the loss does not depend on w. */
export function grad(loss: Tensor, wrt: readonly Tensor[]): Tensor[] {
  if (loss.rank !== 0 || loss.batched) {
    throw new ConvkitError(
      "grad",
      `the loss has shape ${formatShape(loss.shape)}, expected a scalar — reduce it with .mean() or .sum()`,
    );
  }
  for (const tensor of [loss, ...wrt]) {
    if (!isFloat(tensor.dtype)) {
      throw new ConvkitError(
        "grad",
        `${tensor.dtype} has no gradients — differentiate floats only`,
      );
    }
  }
  const { builder } = loss;
  const found = pullback(loss, builder.constant(1, loss.dtype), wrt);
  return found.map((ct, i) => {
    const { shape, dtype, batched } = wrt[i];
    return ct ?? builder.apply("broadcastTo", [builder.constant(0, dtype)], { shape, batched });
  });
}
