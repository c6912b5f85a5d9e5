/**
 * Adadelta (Zeiler 2012, arXiv:1212.5701, algorithm 1):
 *
 *     g ← g + λ·p;   E[g²] ← ρ·E[g²] + (1 − ρ)·g²
 *     Δ = √(E[Δ²] + ε)/√(E[g²] + ε)·g;   E[Δ²] ← ρ·E[Δ²] + (1 − ρ)·Δ²;   p ← p − lr·Δ
 */
import {
  type Optimizer,
  type OptimizerKind,
  type OptimizerOptions,
  optimizerOf,
  type Rule,
} from "./optimizer.ts";
import type { OptimizerSpec } from "./optimizer-spec.ts";

export interface AdadeltaOptions extends OptimizerOptions {
  /** 0.9 by default. */
  readonly rho?: number;
  /** 1e-6 by default. */
  readonly eps?: number;
}

export const adadelta = (options: AdadeltaOptions = {}): Optimizer =>
  optimizerOf(adadeltaKind, options);

export const adadeltaKind: OptimizerKind<AdadeltaOptions> = {
  defaults: { lr: 1 },
  settings: "weightDecay rho eps",
  rule: adadeltaRule,
};

function adadeltaRule(options: AdadeltaOptions): Rule {
  const { rho = 0.9, eps = 1e-6 } = options;
  return {
    name: "adadelta",
    update: (step) => {
      const g = step.penalized();
      const g2 = step.moment("square_avg", rho, g.square());
      const delta = step.state("acc_delta").add(eps).sqrt().div(g2.add(eps).sqrt()).mul(g);
      step.moment("acc_delta", rho, delta.square());
      return step.p.sub(delta.mul(step.lr));
    },
  };
}

export const adadeltaSpec: OptimizerSpec = {
  name: "adadelta",
  formula: "Δ = √(E[Δ²] + ε)/√(E[g²] + ε)·g; p ← p − lr·Δ",
  shapes: "any",
  source: "Zeiler 2012, arXiv:1212.5701, algorithm 1",
  torch: "optim.Adadelta",
  // biome-ignore format: one case a line
  samples: [
    { name: "plain", make: () => adadelta(), torch: "optim.Adadelta(params)" },
    { name: "all options", make: () => adadelta({ lr: 0.5, rho: 0.8, eps: 0.001, weightDecay: 0.05 }), torch: "optim.Adadelta(params, lr=0.5, rho=0.8, eps=0.001, weight_decay=0.05)" },
    { name: "maximize", make: () => adadelta({ weightDecay: 0.05, maximize: true }), torch: "optim.Adadelta(params, weight_decay=0.05, maximize=True)" },
  ],
};
