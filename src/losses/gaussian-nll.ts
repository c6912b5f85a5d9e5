/**
 * L = ½·(log v + (x − y)²/v) (+ ½·log 2π with `full`), the negative log-likelihood of y under a normal law of mean x and
 * variance v, both predicted (Nix and Weigend 1994). The variance is taken as ε at least, with the slope it would have.
 */
import { ConvkitError } from "../core/error.ts";
import { formatShape, sameShape } from "../core/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import { eachReduction, type LossSpec } from "./loss-spec.ts";
import { type Reduction, reduce } from "./reduction.ts";
import { checkSameShape } from "./same-shape.ts";

export interface GaussianNllOptions {
  /** False by default. */
  readonly full?: boolean;
  /** Least variance; 1e-6 by default. */
  readonly eps?: number;
  /** "mean" by default. */
  readonly reduction?: Reduction;
}

/** Means and targets of one shape; variances of it too, or with a last axis of 1. */
export function gaussianNll(
  mean: Tensor,
  target: Tensor,
  variance: Tensor,
  { full = false, eps = 1e-6, reduction = "mean" }: GaussianNllOptions = {},
): Tensor {
  checkSameShape("gaussianNll", { mean, target });
  const shared = [...mean.shape.slice(0, -1), 1];
  if (!sameShape(variance.shape, mean.shape) && !sameShape(variance.shape, shared)) {
    throw new ConvkitError(
      "gaussianNll",
      `the variance is ${formatShape(variance.shape)}, expected ${formatShape(mean.shape)} or ` +
        `${formatShape(shared)}`,
    );
  }
  const raised = variance.maximum(eps).sub(variance);
  const v = variance.add(variance.builder.apply("stopGradient", [raised]));
  const loss = v.log().add(mean.sub(target).square().div(v)).mul(0.5);
  return reduce(full ? loss.add(0.5 * Math.log(2 * Math.PI)) : loss, reduction);
}

export const gaussianNllSpec: LossSpec = {
  name: "gaussianNll",
  formula: "L = ½·(log v + (x − y)²/v), v ≥ ε",
  shapes: "x, y N×…, v the same or with a last axis of 1 → scalar",
  source: "Nix and Weigend 1994, ICNN",
  torch: "nn.GaussianNLLLoss",
  // biome-ignore format: one case a line
  samples: [
    /* @__PURE__ */ eachReduction((reduction) => ({ name: "full", inputs: [{ shape: [3] }, { shape: [3] }, { shape: [3], low: 0.1, high: 2 }], run: (x, y, v) => gaussianNll(x, y, v, { full: true, reduction }), torch: `lambda x, y, v: F.gaussian_nll_loss(x, y, v, full=True, reduction="${reduction}")` })),
    { name: "one variance a row, least variance 0.5", inputs: [{ shape: [3] }, { shape: [3] }, { shape: [1], low: 0, high: 1 }], run: (x, y, v) => gaussianNll(x, y, v, { eps: 0.5 }), torch: "lambda x, y, v: F.gaussian_nll_loss(x, y, v, eps=0.5)" },
  ],
};
