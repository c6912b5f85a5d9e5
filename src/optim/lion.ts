/**
 * Lion (Chen et al. 2023, arXiv:2302.06675, algorithm 2): every weight moves by the same amount, with the sign of an
 * interpolated momentum,
 *
 *     p ← p − lr·λ·p;   p ← p − lr·sign(β₁·m + (1 − β₁)·g);   m ← β₂·m + (1 − β₂)·g
 *
 * The paper takes a rate 3 to 10 times smaller than AdamW's, and a decay as much larger.
 */
import {
  type Optimizer,
  type OptimizerKind,
  type OptimizerOptions,
  optimizerOf,
  type Rule,
} from "./optimizer.ts";
import type { OptimizerSpec } from "./optimizer-spec.ts";

export interface LionOptions extends OptimizerOptions {
  /** [0.9, 0.99] by default. */
  readonly betas?: readonly [number, number];
}

export const lion = (options: LionOptions = {}): Optimizer => optimizerOf(lionKind, options);

export const lionKind: OptimizerKind<LionOptions> = {
  defaults: { lr: 1e-4 },
  settings: "weightDecay betas",
  rule: lionRule,
};

function lionRule(options: LionOptions): Rule {
  const { betas: [beta1, beta2] = [0.9, 0.99] } = options;
  return {
    name: "lion",
    update: (step) => {
      const { g, lr: rate } = step;
      const c = step
        .state("exp_avg")
        .mul(beta1)
        .add(g.mul(1 - beta1));
      step.moment("exp_avg", beta2, g);
      return step.shrunk().sub(g.builder.apply("sign", [c]).mul(rate));
    },
  };
}

export const lionSpec: OptimizerSpec = {
  name: "lion",
  formula: "p ← p − lr·(sign(β₁·m + (1 − β₁)·g) + λ·p); m ← β₂·m + (1 − β₂)·g",
  shapes: "any",
  source: "Chen et al. 2023, arXiv:2302.06675, algorithm 2",
  torch: "timm.optim.Lion",
  // biome-ignore format: one case a line
  samples: [
    { name: "plain", make: () => lion({ lr: 0.02 }), torch: "Lion(params, lr=0.02)" },
    { name: "all options", make: () => lion({ lr: 0.02, betas: [0.7, 0.8], weightDecay: 0.3 }), torch: "Lion(params, lr=0.02, betas=(0.7, 0.8), weight_decay=0.3)" },
    { name: "maximize", make: () => lion({ lr: 0.02, weightDecay: 0.3, maximize: true }), torch: "uphill(Lion(params, lr=0.02, weight_decay=0.3))" },
  ],
};
