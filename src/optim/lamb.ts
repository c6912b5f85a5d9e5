/**
 * LAMB (You et al. 2019, arXiv:1904.00962, algorithm 2): Adam for very large batches, every layer with a step in
 * proportion to the norm of its weights,
 *
 *     m ← β₁·m + (1 − β₁)·g;   v ← β₂·v + (1 − β₂)·g²;   r = (m/(1 − β₁ᵗ))/(√(v/(1 − β₂ᵗ)) + ε) + λ·p
 *     p ← p − lr·‖p‖/‖r‖·r
 *
 * Biases, and scales and shifts of norms, move by lr·r; `adapt` says otherwise. The usual clipping of all gradients
 * together to a norm of 1 is `clipNorm: 1` of the step.
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

export interface LambOptions extends OptimizerOptions, Adaptation {
  /** [0.9, 0.999] by default. */
  readonly betas?: readonly [number, number];
  /** 1e-6 by default. */
  readonly eps?: number;
}

export const lamb = (options: LambOptions = {}): Optimizer => optimizerOf(lambKind, options);

export const lambKind: OptimizerKind<LambOptions> = {
  defaults: { lr: 1e-3, weightDecay: 0.01 },
  settings: "weightDecay betas eps",
  rule: lambRule,
};

function lambRule(options: LambOptions): Rule<{ c1: Tensor; root: Tensor }> {
  const { betas: [beta1, beta2] = [0.9, 0.999], eps = 1e-6 } = options;
  const { adapt = weightsOnly } = options;
  return {
    name: "lamb",
    begin: (shared) => ({
      c1: shared.correction("bias1", beta1),
      root: shared.correction("bias2", beta2).sqrt(),
    }),
    update: (step, { c1, root }) => {
      const { parameter, p, g, lr: rate, weightDecay: decay } = step;
      const m = step.moment("exp_avg", beta1, g).div(c1);
      const v = step.moment("exp_avg_sq", beta2, g.square()).sqrt().div(root);
      const adam = m.div(v.add(eps));
      const r = decay === 0 ? adam : adam.add(p.mul(decay));
      if (!adapt(parameter)) return p.sub(r.mul(rate));
      const [weights, length] = [norm(p), norm(r)];
      return p.sub(r.mul(rate.mul(trustRatio(weights, length, weights, length))));
    },
  };
}

export const lambSpec: OptimizerSpec = {
  name: "lamb",
  formula: "r = Adam's step + λ·p; p ← p − lr·‖p‖/‖r‖·r",
  shapes: "any",
  source: "You et al. 2019, arXiv:1904.00962, algorithm 2",
  torch: "timm.optim.Lamb",
  // biome-ignore format: one case a line
  samples: [
    { name: "plain", make: () => lamb({ lr: 0.05 }), torch: "Lamb(params, lr=0.05)" },
    { name: "all adapted, clipped", make: () => lamb({ lr: 0.05, betas: [0.8, 0.95], eps: 0.01, weightDecay: 0.2, adapt: () => true }), torch: "Lamb(params, lr=0.05, betas=(0.8, 0.95), eps=0.01, weight_decay=0.2, least_rank=0)", clip: { clipNorm: 1 } },
  ],
};
