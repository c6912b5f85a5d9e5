/**
 * Stochastic gradient descent with momentum μ, dampening τ and weight decay λ, as PyTorch has it:
 *
 *     g ← g + λ·p;   b ← μ·b + (1 − τ)·g, b₁ = g;   p ← p − lr·(g + μ·b  with Nesterov, else b)
 */
import { ConvkitError } from "../core/error.ts";
import type { Tensor } from "../graph/tensor.ts";
import {
  type Optimizer,
  type OptimizerKind,
  type OptimizerOptions,
  optimizerOf,
  type Rule,
} from "./optimizer.ts";
import type { OptimizerSpec } from "./optimizer-spec.ts";

export interface SgdOptions extends OptimizerOptions {
  /** 0 by default. */
  readonly momentum?: number;
  /** 0 by default. */
  readonly dampening?: number;
  /** False by default. */
  readonly nesterov?: boolean;
}

export const sgd = (options: SgdOptions = {}): Optimizer => optimizerOf(sgdKind, options);

export const sgdKind: OptimizerKind<SgdOptions> = {
  defaults: { lr: 0.01 },
  settings: "weightDecay momentum dampening nesterov",
  rule: sgdRule,
};

function sgdRule(options: SgdOptions): Rule<{ first?: Tensor }> {
  const { momentum = 0, dampening = 0, nesterov = false } = options;
  if (nesterov && (momentum <= 0 || dampening !== 0)) {
    throw new ConvkitError("sgd", "Nesterov's form needs a momentum above 0 and no dampening");
  }
  return {
    name: "sgd",
    // Dampening spares the first gradient; only then the rule has to know which step is the first.
    begin: (shared) => {
      if (dampening === 0) return {};
      const first = shared.state("started").eq(0);
      shared.set("started", shared.builder.constant(1));
      return { first };
    },
    update: (step, { first }) => {
      const { p, lr: rate, state, set } = step;
      const g = step.penalized();
      if (momentum === 0) return p.sub(g.mul(rate));
      const damped = first ? first.where(g, g.mul(1 - dampening)) : g;
      const b = set("momentum_buffer", state("momentum_buffer").mul(momentum).add(damped));
      return p.sub((nesterov ? g.add(b.mul(momentum)) : b).mul(rate));
    },
  };
}

export const sgdSpec: OptimizerSpec = {
  name: "sgd",
  formula: "b ← μ·b + (1 − τ)·(g + λ·p); p ← p − lr·b",
  shapes: "any",
  source: "Robbins and Monro 1951; momentum: Polyak 1964, Sutskever et al. 2013",
  torch: "optim.SGD",
  // biome-ignore format: one case a line
  samples: [
    { name: "plain", make: () => sgd({ lr: 0.1 }), torch: "optim.SGD(params, lr=0.1)" },
    { name: "momentum", make: () => sgd({ lr: 0.1, momentum: 0.9 }), torch: "optim.SGD(params, lr=0.1, momentum=0.9)" },
    { name: "nesterov", make: () => sgd({ lr: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.01 }), torch: "optim.SGD(params, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01)" },
    { name: "dampening", make: () => sgd({ lr: 0.1, momentum: 0.8, dampening: 0.3, weightDecay: 0.02 }), torch: "optim.SGD(params, lr=0.1, momentum=0.8, dampening=0.3, weight_decay=0.02)" },
    { name: "maximize", make: () => sgd({ lr: 0.1, momentum: 0.9, weightDecay: 0.1, maximize: true }), torch: "optim.SGD(params, lr=0.1, momentum=0.9, weight_decay=0.1, maximize=True)" },
    { name: "clipped by norm", make: () => sgd({ lr: 0.2, momentum: 0.9 }), torch: "optim.SGD(params, lr=0.2, momentum=0.9)", clip: { clipNorm: 0.3 } },
    { name: "clipped by value", make: () => sgd({ lr: 0.2 }), torch: "optim.SGD(params, lr=0.2)", clip: { clipValue: 0.1 } },
    { name: "clipped by both", make: () => sgd({ lr: 0.2 }), torch: "optim.SGD(params, lr=0.2)", clip: { clipValue: 0.2, clipNorm: 0.25 } },
    { name: "groups", make: () => sgd({ lr: 0.1, weightDecay: 0.2, groups: [{ match: "*.bias", lrMultiplier: 2, weightDecay: 0 }] }), torch: "optim.SGD([{'params': params[:1]}, {'params': params[1:], 'lr': 0.2, 'weight_decay': 0}], lr=0.1, weight_decay=0.2)" },
  ],
};
