/**
 * RAdam (Liu et al. 2019, arXiv:1908.03265, algorithm 2): Adam whose adaptive rate waits until its variance is known,
 *
 *     m ← β₁·m + (1 − β₁)·g;   v ← β₂·v + (1 − β₂)·g²;   ρ∞ = 2/(1 − β₂) − 1;   ρ = ρ∞ − 2t·β₂ᵗ/(1 − β₂ᵗ)
 *     ρ > 5:  p ← p − lr·m/(1 − β₁ᵗ)·r·√(1 − β₂ᵗ)/(√v + ε),   r² = (ρ − 4)(ρ − 2)ρ∞/((ρ∞ − 4)(ρ∞ − 2)ρ)
 *     else:   p ← p − lr·m/(1 − β₁ᵗ)
 *
 * Weight decay is a penalty, or AdamW's with `decoupledWeightDecay`.
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

export interface RadamOptions extends OptimizerOptions {
  /** [0.9, 0.999] by default. */
  readonly betas?: readonly [number, number];
  /** 1e-8 by default. */
  readonly eps?: number;
  /** False by default. */
  readonly decoupledWeightDecay?: boolean;
}

type RadamShared = Readonly<Record<"c1" | "known" | "rectified", Tensor>>;

export const radam = (options: RadamOptions = {}): Optimizer => optimizerOf(radamKind, options);

export const radamKind: OptimizerKind<RadamOptions> = {
  defaults: { lr: 1e-3 },
  settings: "weightDecay betas eps decoupledWeightDecay",
  rule: radamRule,
};

function radamRule(options: RadamOptions): Rule<RadamShared> {
  const {
    betas: [beta1, beta2] = [0.9, 0.999],
    eps = 1e-8,
    decoupledWeightDecay = false,
  } = options;
  const most = 2 / (1 - beta2) - 1;
  return {
    name: "radam",
    begin: (shared) => {
      const { state, set } = shared;
      const before = state("bias2");
      const c2 = shared.correction("bias2", beta2);
      // ρ = 1 + 2a, a the mean age of the gradients in v, weighted as v weighs them. In f32 the formula above would
      // lose its digits to the difference of two numbers near ρ∞; ages only add up.
      const ages = set("age", state("age").add(before).mul(beta2));
      const rho = ages.div(c2).mul(2).add(1);
      const r2 = rho
        .sub(4)
        .mul(rho.sub(2))
        .mul(most / ((most - 4) * (most - 2)))
        .div(rho);
      return {
        c1: shared.correction("bias1", beta1),
        known: rho.gt(5),
        rectified: r2.mul(c2).maximum(0).sqrt(),
      };
    },
    update: (step, { c1, known, rectified }) => {
      const g = decoupledWeightDecay ? step.g : step.penalized();
      const p = decoupledWeightDecay ? step.shrunk() : step.p;
      const m = step.moment("exp_avg", beta1, g);
      const v = step.moment("exp_avg_sq", beta2, g.square());
      return p.sub(m.mul(step.lr.div(c1)).mul(known.where(rectified.div(v.sqrt().add(eps)), 1)));
    },
  };
}

export const radamSpec: OptimizerSpec = {
  name: "radam",
  formula: "Adam's step times r(ρ) where ρ > 5, else p ← p − lr·m/(1 − β₁ᵗ)",
  shapes: "any",
  source: "Liu et al. 2019, arXiv:1908.03265, algorithm 2",
  torch: "optim.RAdam",
  // biome-ignore format: one case a line
  samples: [
    { name: "plain", make: () => radam({ lr: 0.05 }), torch: "optim.RAdam(params, lr=0.05)" },
    { name: "all options", make: () => radam({ lr: 0.05, betas: [0.8, 0.95], eps: 0.01, weightDecay: 0.1 }), torch: "optim.RAdam(params, lr=0.05, betas=(0.8, 0.95), eps=0.01, weight_decay=0.1)" },
    { name: "decoupled", make: () => radam({ lr: 0.05, weightDecay: 0.2, decoupledWeightDecay: true }), torch: "decoupled(optim.RAdam(params, lr=0.05), 0.2)" },
    { name: "maximize", make: () => radam({ lr: 0.05, weightDecay: 0.1, maximize: true }), torch: "uphill(optim.RAdam(params, lr=0.05, weight_decay=0.1))" },
  ],
};
