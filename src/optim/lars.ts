/**
 * LARS (You, Gitman and Ginsburg 2017, arXiv:1708.03888, algorithm 1): SGD for very large batches, every layer with a
 * rate in proportion to ‖p‖/‖g‖. As timm and most others have it, the global rate stays outside the momentum:
 *
 *     q = η·‖p‖/(‖g‖ + λ·‖p‖ + ε);   b ← μ·b + q·(g + λ·p);   p ← p − lr·b
 *
 * Biases, and scales and shifts of norms, take SGD's step, q = 1; `adapt` says otherwise.
 */
import type { Tensor } from "../graph/tensor.ts";
import {
  type Optimizer,
  type OptimizerKind,
  type OptimizerOptions,
  optimizerOf,
  type Rule,
} from "./optimizer.ts";
import type { OptimizerSpec } from "./optimizer-spec.ts";
import { type Adaptation, norm, trustRatio, weightsOnly } from "./trust-ratio.ts";

export interface LarsOptions extends OptimizerOptions, Adaptation {
  /** 0.9 by default. */
  readonly momentum?: number;
  /** False by default. */
  readonly nesterov?: boolean;
  /** η above; 1e-3 by default. */
  readonly trustCoeff?: number;
  /** 1e-8 by default. */
  readonly eps?: number;
}

export const lars = (options: LarsOptions = {}): Optimizer => optimizerOf(larsKind, options);

export const larsKind: OptimizerKind<LarsOptions> = {
  defaults: { lr: 1 },
  settings: "weightDecay momentum nesterov trustCoeff eps",
  rule: larsRule,
};

function larsRule(options: LarsOptions): Rule {
  const { momentum = 0.9, nesterov = false, trustCoeff = 1e-3, eps = 1e-8 } = options;
  const { adapt = weightsOnly } = options;
  const localRate = (p: Tensor, g: Tensor, weightDecay: number): Tensor => {
    const [weights, gradient] = [norm(p), norm(g)];
    const length = gradient.add(weights.mul(weightDecay)).add(eps);
    return trustRatio(weights, gradient, weights.mul(trustCoeff), length);
  };
  return {
    name: "lars",
    update: (step) => {
      const { parameter, p, lr: rate, state, set } = step;
      let d = step.penalized();
      if (adapt(parameter)) d = d.mul(localRate(p, step.g, step.weightDecay));
      const b = set("momentum_buffer", state("momentum_buffer").mul(momentum).add(d));
      return p.sub((nesterov ? d.add(b.mul(momentum)) : b).mul(rate));
    },
  };
}

export const larsSpec: OptimizerSpec = {
  name: "lars",
  formula: "q = η·‖p‖/(‖g‖ + λ·‖p‖ + ε); b ← μ·b + q·(g + λ·p); p ← p − lr·b",
  shapes: "any",
  source: "You, Gitman and Ginsburg 2017, arXiv:1708.03888, algorithm 1",
  torch: "timm.optim.Lars",
  // biome-ignore format: one case a line
  samples: [
    { name: "plain", make: () => lars({ lr: 0.2, trustCoeff: 0.3 }), torch: "Lars(params, lr=0.2, momentum=0.9, trust_coeff=0.3)" },
    { name: "nesterov, all adapted", make: () => lars({ lr: 5, momentum: 0.7, nesterov: true, trustCoeff: 0.02, weightDecay: 0.1, adapt: () => true }), torch: "Lars(params, lr=5, momentum=0.7, nesterov=True, trust_coeff=0.02, weight_decay=0.1, least_rank=0)" },
  ],
};
