/**
 * Adamax (Kingma and Ba 2014, arXiv:1412.6980, algorithm 2): Adam with the infinity norm of past gradients,
 *
 *     g ← g + λ·p;   m ← β₁·m + (1 − β₁)·g;   u ← max(β₂·u, |g| + ε);   p ← p − lr·(m/(1 − β₁ᵗ))/u
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

export interface AdamaxOptions extends OptimizerOptions {
  /** [0.9, 0.999] by default. */
  readonly betas?: readonly [number, number];
  /** 1e-8 by default. */
  readonly eps?: number;
}

export const adamax = (options: AdamaxOptions = {}): Optimizer => optimizerOf(adamaxKind, options);

export const adamaxKind: OptimizerKind<AdamaxOptions> = {
  defaults: { lr: 2e-3 },
  settings: "weightDecay betas eps",
  rule: adamaxRule,
};

function adamaxRule(options: AdamaxOptions): Rule<Tensor> {
  const { betas: [beta1, beta2] = [0.9, 0.999], eps = 1e-8 } = options;
  return {
    name: "adamax",
    begin: (shared) => shared.correction("bias1", beta1),
    update: (step, c1) => {
      const { p, lr: rate, state, set } = step;
      const g = step.penalized();
      const m = step.moment("exp_avg", beta1, g);
      const u = set("exp_inf", state("exp_inf").mul(beta2).maximum(g.abs().add(eps)));
      return p.sub(m.mul(rate.div(c1)).div(u));
    },
  };
}

export const adamaxSpec: OptimizerSpec = {
  name: "adamax",
  formula: "m ← β₁·m + (1 − β₁)·g; u ← max(β₂·u, |g| + ε); p ← p − lr·(m/(1 − β₁ᵗ))/u",
  shapes: "any",
  source: "Kingma and Ba 2014, arXiv:1412.6980, algorithm 2",
  torch: "optim.Adamax",
  // biome-ignore format: one case a line
  samples: [
    { name: "plain", make: () => adamax({ lr: 0.05 }), torch: "optim.Adamax(params, lr=0.05)" },
    { name: "all options", make: () => adamax({ lr: 0.05, betas: [0.8, 0.7], eps: 0.01, weightDecay: 0.1 }), torch: "optim.Adamax(params, lr=0.05, betas=(0.8, 0.7), eps=0.01, weight_decay=0.1)" },
    { name: "maximize", make: () => adamax({ lr: 0.05, maximize: true }), torch: "optim.Adamax(params, lr=0.05, maximize=True)" },
  ],
};
