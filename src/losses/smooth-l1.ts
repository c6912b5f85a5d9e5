/**
 * L = ½·d²/β where d = |x − y| < β, else d − ½·β: Huber's loss divided by β, so that its slope far out is 1 (Girshick
 * 2015, arXiv:1504.08083, equation 3, with β = 1). β = 0 is the absolute error.
 */
import { ConvkitError } from "../core/error.ts";
import type { Tensor } from "../graph/tensor.ts";
import { huberOf } from "./huber.ts";
import { eachReduction, type LossSpec } from "./loss-spec.ts";
import { type Reduction, reduce } from "./reduction.ts";
import { checkSameShape } from "./same-shape.ts";

export interface SmoothL1Options {
  /** Where the parabola ends; 0 or more, 1 by default. */
  readonly beta?: number;
  /** "mean" by default. */
  readonly reduction?: Reduction;
}

/** Prediction and target of one shape. */
export function smoothL1(
  prediction: Tensor,
  target: Tensor,
  { beta = 1, reduction = "mean" }: SmoothL1Options = {},
): Tensor {
  if (!(beta >= 0)) throw new ConvkitError("smoothL1", `beta is ${beta}, expected 0 or more`);
  checkSameShape("smoothL1", { prediction, target });
  const d = prediction.sub(target).abs();
  return reduce(beta === 0 ? d : huberOf(d, beta).mul(1 / beta), reduction);
}

export const smoothL1Spec: LossSpec = {
  name: "smoothL1",
  formula: "L = ½·d²/β where d = |x − y| < β, else d − ½·β",
  shapes: "x, y of one shape → scalar",
  source: "Girshick 2015, arXiv:1504.08083, equation 3",
  torch: "nn.SmoothL1Loss",
  samples: [
    /* @__PURE__ */ eachReduction((reduction) => ({
      name: "beta 0.6",
      inputs: [{ shape: [7, 2] }, { shape: [7, 2] }],
      run: (x, y) => smoothL1(x, y, { beta: 0.6, reduction }),
      torch: `lambda x, y: F.smooth_l1_loss(x, y, beta=0.6, reduction="${reduction}")`,
    })),
    {
      name: "beta 0",
      inputs: [{ shape: [3] }, { shape: [3] }],
      run: (x, y) => smoothL1(x, y, { beta: 0 }),
      torch: "lambda x, y: F.smooth_l1_loss(x, y, beta=0.0)",
    },
  ],
};
