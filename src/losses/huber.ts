/**
 * L = ½·d² where d = |x − y| < δ, else δ·(d − ½·δ): quadratic near zero, linear far out (Huber 1964, Annals of
 * Mathematical Statistics 35). With m = min(d, δ) both are m·(d − ½·m).
 */
import { ConvkitError } from "../core/error.ts";
import type { Tensor } from "../graph/tensor.ts";
import { eachReduction, type LossSpec } from "./loss-spec.ts";
import { type Reduction, reduce } from "./reduction.ts";
import { checkSameShape } from "./same-shape.ts";

export interface HuberOptions {
  /** Where the parabola ends; above 0, 1 by default. */
  readonly delta?: number;
  /** "mean" by default. */
  readonly reduction?: Reduction;
}

/** Prediction and target of one shape. */
export function huber(
  prediction: Tensor,
  target: Tensor,
  { delta = 1, reduction = "mean" }: HuberOptions = {},
): Tensor {
  if (!(delta > 0)) throw new ConvkitError("huber", `delta is ${delta}, expected a number above 0`);
  checkSameShape("huber", { prediction, target });
  return reduce(huberOf(prediction.sub(target).abs(), delta), reduction);
}

/** Of distances d ≥ 0. */
export function huberOf(d: Tensor, delta: number): Tensor {
  const m = d.minimum(delta);
  return m.mul(d.sub(m.mul(0.5)));
}

export const huberSpec: LossSpec = {
  name: "huber",
  formula: "L = ½·d² where d = |x − y| < δ, else δ·(d − ½·δ)",
  shapes: "x, y of one shape → scalar",
  source: "Huber 1964, Annals of Mathematical Statistics 35",
  torch: "nn.HuberLoss",
  samples: /* @__PURE__ */ eachReduction((reduction) => ({
    name: "delta 0.6",
    inputs: [{ shape: [7, 2] }, { shape: [7, 2] }],
    run: (x, y) => huber(x, y, { delta: 0.6, reduction }),
    torch: `lambda x, y: F.huber_loss(x, y, delta=0.6, reduction="${reduction}")`,
  })),
};
