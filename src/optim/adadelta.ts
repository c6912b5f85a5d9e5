/**
 * Adadelta (Zeiler 2012, arXiv:1212.5701, algorithm 1):
 *
 *     g ← g + λ·p;   E[g²] ← ρ·E[g²] + (1 − ρ)·g²
 *     Δ = √(E[Δ²] + ε)/√(E[g²] + ε)·g;   E[Δ²] ← ρ·E[Δ²] + (1 − ρ)·Δ²;   p ← p − lr·Δ
 */
import { Optimizer, type OptimizerOptions, type Rule } from "./optimizer.ts";

export interface AdadeltaOptions extends OptimizerOptions {
  readonly rho?: number;
  readonly eps?: number;
}

export function adadelta(options: AdadeltaOptions = {}): Optimizer {
  const { lr = 1, rho = 0.9, eps = 1e-6 } = options;
  const rule: Rule = {
    name: "adadelta",
    begin: () => {},
    update: ({ p, g: gradient, lr: rate, weightDecay, state, set }) => {
      const g = weightDecay === 0 ? gradient : gradient.add(p.mul(weightDecay));
      const g2 = set(
        "square_avg",
        state("square_avg")
          .mul(rho)
          .add(g.square().mul(1 - rho)),
      );
      const d2 = state("acc_delta");
      const delta = d2.add(eps).sqrt().div(g2.add(eps).sqrt()).mul(g);
      set("acc_delta", d2.mul(rho).add(delta.square().mul(1 - rho)));
      return p.sub(delta.mul(rate));
    },
  };
  return new Optimizer(rule, { ...options, lr });
}
