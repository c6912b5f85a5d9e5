/** L = (x − y)², by default the mean over all elements: PyTorch's MSELoss. */
import type { Tensor } from "../graph/tensor.ts";
import { eachReduction, type LossSpec } from "./loss-spec.ts";
import { type Reduction, reduce } from "./reduction.ts";
import { checkSameShape } from "./same-shape.ts";

/** Prediction and target of one shape. */
export function mse(
  prediction: Tensor,
  target: Tensor,
  { reduction = "mean" }: { reduction?: Reduction } = {},
): Tensor {
  checkSameShape("mse", { prediction, target });
  return reduce(prediction.sub(target).square(), reduction);
}

export const mseSpec: LossSpec = {
  name: "mse",
  formula: "L = (x − y)²",
  shapes: "x, y of one shape → scalar",
  source: "Gauss 1809, Theoria motus; mean squared error",
  torch: "nn.MSELoss",
  samples: /* @__PURE__ */ eachReduction((reduction) => ({
    name: "images",
    inputs: [{ shape: [2, 3, 2] }, { shape: [2, 3, 2] }],
    run: (x, y) => mse(x, y, { reduction }),
    torch: `lambda x, y: F.mse_loss(x, y, reduction="${reduction}")`,
  })),
};
