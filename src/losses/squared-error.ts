/**
 * L = ½·Σ (x − y)², summed over each example's elements; over the batch the mean, unless asked otherwise.
 * The loss of Zhang's derivation and of early networks.
 */
import type { Tensor } from "../graph/tensor.ts";
import { eachReduction, type LossSpec } from "./loss-spec.ts";
import { type Reduction, reduce } from "./reduction.ts";
import { checkSameShape } from "./same-shape.ts";

/** Prediction and target of one shape; without a reduction, one number for each example. */
export function squaredError(
  prediction: Tensor,
  target: Tensor,
  { reduction = "mean" }: { reduction?: Reduction } = {},
): Tensor {
  checkSameShape("squaredError", { prediction, target });
  const features = prediction.shape.map((_, i) => i).slice(1);
  return reduce(prediction.sub(target).square().sum(features).mul(0.5), reduction);
}

export const squaredErrorSpec: LossSpec = {
  name: "squaredError",
  formula: "L = ½·Σ (x − y)², summed over each example",
  shapes: "x, y of one shape N×… → scalar, or N without a reduction",
  source: "Rumelhart, Hinton and Williams 1986, Nature 323, equation 3",
  torch: null,
  samples: /* @__PURE__ */ eachReduction((reduction) => ({
    name: "rows",
    inputs: [{ shape: [3, 2] }, { shape: [3, 2] }],
    run: (x, y) => squaredError(x, y, { reduction }),
    torch: `lambda x, y: squared_error(x, y, reduction="${reduction}")`,
  })),
};
