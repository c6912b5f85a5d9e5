/**
 * NAdam (Dozat 2016, "Incorporating Nesterov momentum into Adam", algorithm 8), with PyTorch's momentum schedule:
 *
 *     μₜ = β₁·(1 − ½·0.96^(t·ψ));   g ← g + λ·p;   m ← β₁·m + (1 − β₁)·g;   v ← β₂·v + (1 − β₂)·g²
 *     p ← p − lr·((1 − μₜ)/(1 − μ₁⋯μₜ)·g + μₜ₊₁/(1 − μ₁⋯μₜ₊₁)·m)/(√(v/(1 − β₂ᵗ)) + ε)
 *
 * With `decoupledWeightDecay` p ← p − lr·λ·p first, as in AdamW, in place of the penalty.
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

export interface NadamOptions extends OptimizerOptions {
  /** [0.9, 0.999] by default. */
  readonly betas?: readonly [number, number];
  /** 1e-8 by default. */
  readonly eps?: number;
  /** ψ above; 4e-3 by default. */
  readonly momentumDecay?: number;
  /** False by default. */
  readonly decoupledWeightDecay?: boolean;
}

/** What g and m are multiplied with, and 1/√(1 − β₂ᵗ). */
type NadamShared = Readonly<Record<"ofG" | "ofM" | "root", Tensor>>;

export const nadam = (options: NadamOptions = {}): Optimizer => optimizerOf(nadamKind, options);

export const nadamKind: OptimizerKind<NadamOptions> = {
  defaults: { lr: 2e-3 },
  settings: "weightDecay betas eps momentumDecay decoupledWeightDecay",
  rule: nadamRule,
};

function nadamRule(options: NadamOptions): Rule<NadamShared> {
  const { betas: [beta1, beta2] = [0.9, 0.999], eps = 1e-8 } = options;
  const { momentumDecay = 4e-3, decoupledWeightDecay = false } = options;
  const decay = 0.96 ** momentumDecay;
  return {
    name: "nadam",
    begin: (shared) => {
      const { state, set, builder } = shared;
      // With e = 1 − 0.96^(t·ψ), μ = β₁·(1 + e)/2; products are kept as 1 − μ₁⋯μₜ, which is exact while they are near 1.
      const e = shared.correction("decay", decay);
      const mu = e.add(1).mul(beta1 / 2);
      const muNext = e
        .mul(decay)
        .add(2 - decay)
        .mul(beta1 / 2);
      const product = set("mu_product", state("mu_product").mul(mu).add(mu.rsub(1)));
      const productNext = product.mul(muNext).add(muNext.rsub(1));
      return {
        ofG: mu.rsub(1).div(product),
        ofM: muNext.div(productNext),
        root: builder.constant(1).div(shared.correction("bias2", beta2).sqrt()),
      };
    },
    update: (step, { ofG, ofM, root }) => {
      const g = decoupledWeightDecay ? step.g : step.penalized();
      const p = decoupledWeightDecay ? step.shrunk() : step.p;
      const m = step.moment("exp_avg", beta1, g);
      const v = step.moment("exp_avg_sq", beta2, g.square());
      const direction = g.mul(ofG).add(m.mul(ofM));
      return p.sub(direction.mul(step.lr).div(v.sqrt().mul(root).add(eps)));
    },
  };
}

export const nadamSpec: OptimizerSpec = {
  name: "nadam",
  formula:
    "Adam's step with the momentum of the next step: (1 − μₜ)/(1 − Πμ)·g + μₜ₊₁/(1 − Πμ·μₜ₊₁)·m in place of m",
  shapes: "any",
  source: "Dozat 2016, ICLR workshop, algorithm 8",
  torch: "optim.NAdam",
  // In PyTorch 1.13 `foreach` alone follows the equation: the loop's μ₁⋯μₜ₊₁ holds μₜ twice.
  // biome-ignore format: one case a line
  samples: [
    { name: "plain", make: () => nadam({ lr: 0.01 }), torch: "optim.NAdam(params, foreach=True, lr=0.01)" },
    { name: "all options", make: () => nadam({ lr: 0.01, betas: [0.8, 0.95], eps: 0.01, weightDecay: 0.1, momentumDecay: 0.3 }), torch: "optim.NAdam(params, foreach=True, lr=0.01, betas=(0.8, 0.95), eps=0.01, weight_decay=0.1, momentum_decay=0.3)" },
    { name: "decoupled", make: () => nadam({ lr: 0.01, weightDecay: 0.2, decoupledWeightDecay: true }), torch: "decoupled(optim.NAdam(params, foreach=True, lr=0.01), 0.2)" },
    { name: "maximize", make: () => nadam({ lr: 0.01, weightDecay: 0.1, maximize: true }), torch: "uphill(optim.NAdam(params, foreach=True, lr=0.01, weight_decay=0.1))" },
  ],
};
