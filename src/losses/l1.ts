/** L = |x − y|, by default the mean over all elements: the mean absolute error (MAE), PyTorch's L1Loss. */
import type { Tensor } from "../graph/tensor.ts";
import { eachReduction, type LossSpec } from "./loss-spec.ts";
import { type Reduction, reduce } from "./reduction.ts";
import { checkSameShape } from "./same-shape.ts";

/** Prediction and target of one shape. */
export function l1(
  prediction: Tensor,
  target: Tensor,
  { reduction = "mean" }: { reduction?: Reduction } = {},
): Tensor {
  checkSameShape("l1", { prediction, target });
  return reduce(prediction.sub(target).abs(), reduction);
}

export const l1Spec: LossSpec = {
  name: "l1",
  formula: "L = |x − y|, the mean absolute error (MAE)",
  shapes: "x, y of one shape → scalar",
  source: "Laplace 1774; least absolute deviations",
  torch: "nn.L1Loss",
  samples: /* @__PURE__ */ eachReduction((reduction) => ({
    name: "images",
    inputs: [{ shape: [2, 3, 2] }, { shape: [2, 3, 2] }],
    run: (x, y) => l1(x, y, { reduction }),
    torch: `lambda x, y: F.l1_loss(x, y, reduction="${reduction}")`,
  })),
};
