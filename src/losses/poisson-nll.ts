/**
 * L = eˣ − y·x, the negative log-likelihood of a count y under a Poisson law of rate eˣ, up to log y!; with
 * `logInput: false` x is the rate itself, L = x − y·log(x + ε). `full` adds Stirling's formula for log y!,
 * y·log y − y + ½·log(2π·y), where y > 1.
 */
import type { Tensor } from "../graph/tensor.ts";
import { eachReduction, type LossSpec } from "./loss-spec.ts";
import { type Reduction, reduce } from "./reduction.ts";
import { checkSameShape } from "./same-shape.ts";

export interface PoissonNllOptions {
  /** True by default: x is the logarithm of the rate. */
  readonly logInput?: boolean;
  /** False by default. */
  readonly full?: boolean;
  /** Keeps log(x + ε) finite; 1e-8 by default. */
  readonly eps?: number;
  /** "mean" by default. */
  readonly reduction?: Reduction;
}

/** Rates or their logarithms, and counts, of one shape. */
export function poissonNll(
  input: Tensor,
  target: Tensor,
  { logInput = true, full = false, eps = 1e-8, reduction = "mean" }: PoissonNllOptions = {},
): Tensor {
  checkSameShape("poissonNll", { input, target });
  const loss = logInput
    ? input.exp().sub(target.mul(input))
    : input.sub(target.mul(input.add(eps).log()));
  return reduce(full ? loss.add(stirling(target)) : loss, reduction);
}

function stirling(target: Tensor): Tensor {
  const isLarge = target.gt(1);
  const y = isLarge.where(target, 1);
  const halfLog = y
    .mul(2 * Math.PI)
    .log()
    .mul(0.5);
  return isLarge.where(y.mul(y.log()).sub(y).add(halfLog), 0);
}

export const poissonNllSpec: LossSpec = {
  name: "poissonNll",
  formula: "L = eˣ − y·x (+ y·log y − y + ½·log(2π·y))",
  shapes: "x, y of one shape → scalar",
  source: "Poisson 1837; Stirling 1730",
  torch: "nn.PoissonNLLLoss",
  // biome-ignore format: one case a line
  samples: [
    /* @__PURE__ */ eachReduction((reduction) => ({ name: "logarithms, full", inputs: [{ shape: [3], low: -2, high: 2 }, { shape: [3], low: 0, high: 5 }], gradients: [0], run: (x, y) => poissonNll(x, y, { full: true, reduction }), torch: `lambda x, y: F.poisson_nll_loss(x, y.detach(), full=True, reduction="${reduction}")` })),
    { name: "rates", inputs: [{ shape: [3], low: 0.1, high: 4 }, { shape: [3], low: 0, high: 5 }], run: (x, y) => poissonNll(x, y, { logInput: false, eps: 1e-3 }), torch: "lambda x, y: F.poisson_nll_loss(x, y, log_input=False, eps=1e-3)" },
  ],
};
