/**
 * Stochastic gradient descent with momentum μ, dampening τ and weight decay λ, as PyTorch has it:
 *
 *     g ← g + λ·p;   b ← μ·b + (1 − τ)·g, b₁ = g;   p ← p − lr·(g + μ·b  with Nesterov, else b)
 */
import { ConvkitError } from "../core/error.ts";
import type { Tensor } from "../graph/tensor.ts";
import { Optimizer, type OptimizerOptions, type Rule } from "./optimizer.ts";

export interface SgdOptions extends OptimizerOptions {
  readonly momentum?: number;
  readonly dampening?: number;
  readonly nesterov?: boolean;
}

export function sgd(options: SgdOptions = {}): Optimizer {
  const { lr = 0.01, momentum = 0, dampening = 0, nesterov = false } = options;
  if (nesterov && (momentum <= 0 || dampening !== 0)) {
    throw new ConvkitError("sgd", "Nesterov's form needs a momentum above 0 and no dampening");
  }
  const rule: Rule<{ first?: Tensor }> = {
    name: "sgd",
    // Dampening spares the first gradient; only then the rule has to know which step is the first.
    begin: (shared) => {
      if (dampening === 0) return {};
      const first = shared.state("started").eq(0);
      shared.set("started", shared.builder.constant(1));
      return { first };
    },
    update: ({ p, g: gradient, lr: rate, weightDecay, state, set }, { first }) => {
      const g = weightDecay === 0 ? gradient : gradient.add(p.mul(weightDecay));
      if (momentum === 0) return p.sub(g.mul(rate));
      const damped = first ? first.where(g, g.mul(1 - dampening)) : g;
      const b = set("momentum_buffer", state("momentum_buffer").mul(momentum).add(damped));
      return p.sub((nesterov ? g.add(b.mul(momentum)) : b).mul(rate));
    },
  };
  return new Optimizer(rule, { ...options, lr });
}
