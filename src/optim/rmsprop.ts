/**
 * RMSProp (Hinton 2012, Coursera lecture 6e), as PyTorch has it, with ε outside the root:
 *
 *     g ← g + λ·p;   s ← α·s + (1 − α)·g²;   d = g/(√s + ε)
 *     centred: a ← α·a + (1 − α)·g and √(s − a²) for √s;   with momentum: b ← μ·b + d, p ← p − lr·b
 */
import {
  type Optimizer,
  type OptimizerKind,
  type OptimizerOptions,
  optimizerOf,
  type Rule,
} from "./optimizer.ts";
import type { OptimizerSpec } from "./optimizer-spec.ts";

export interface RmspropOptions extends OptimizerOptions {
  /** 0.99 by default. */
  readonly alpha?: number;
  /** 1e-8 by default. */
  readonly eps?: number;
  /** 0 by default. */
  readonly momentum?: number;
  /** False by default. */
  readonly centered?: boolean;
}

export const rmsprop = (options: RmspropOptions = {}): Optimizer =>
  optimizerOf(rmspropKind, options);

export const rmspropKind: OptimizerKind<RmspropOptions> = {
  defaults: { lr: 0.01 },
  settings: "weightDecay alpha eps momentum centered",
  rule: rmspropRule,
};

function rmspropRule(options: RmspropOptions): Rule {
  const { alpha = 0.99, eps = 1e-8, momentum = 0, centered = false } = options;
  return {
    name: "rmsprop",
    update: (step) => {
      const { p, lr: rate, state, set } = step;
      const g = step.penalized();
      let s = step.moment("square_avg", alpha, g.square());
      // s − a² is a variance, at least 0; rounding must not take the root of less.
      if (centered) s = s.sub(step.moment("grad_avg", alpha, g).square()).maximum(0);
      const d = g.div(s.sqrt().add(eps));
      if (momentum === 0) return p.sub(d.mul(rate));
      return p.sub(set("momentum_buffer", state("momentum_buffer").mul(momentum).add(d)).mul(rate));
    },
  };
}

export const rmspropSpec: OptimizerSpec = {
  name: "rmsprop",
  formula: "s ← α·s + (1 − α)·g²; p ← p − lr·g/(√s + ε)",
  shapes: "any",
  source: "Hinton 2012, Coursera lecture 6e; centred: Graves 2013, arXiv:1308.0850, section 4.2",
  torch: "optim.RMSprop",
  // biome-ignore format: one case a line
  samples: [
    { name: "plain", make: () => rmsprop(), torch: "optim.RMSprop(params)" },
    { name: "momentum", make: () => rmsprop({ lr: 0.02, alpha: 0.9, momentum: 0.7, weightDecay: 0.05 }), torch: "optim.RMSprop(params, lr=0.02, alpha=0.9, momentum=0.7, weight_decay=0.05)" },
    { name: "centred", make: () => rmsprop({ lr: 0.02, centered: true, momentum: 0.5 }), torch: "optim.RMSprop(params, lr=0.02, centered=True, momentum=0.5)" },
    { name: "maximize", make: () => rmsprop({ lr: 0.02, eps: 1e-4, maximize: true }), torch: "optim.RMSprop(params, lr=0.02, eps=1e-4, maximize=True)" },
  ],
};
