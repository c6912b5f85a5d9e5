/**
 * RMSProp (Hinton 2012, Coursera lecture 6e), as PyTorch has it, with ε outside the root:
 *
 *     g ← g + λ·p;   s ← α·s + (1 − α)·g²;   d = g/(√s + ε)
 *     centred: a ← α·a + (1 − α)·g and √(s − a²) for √s;   with momentum: b ← μ·b + d, p ← p − lr·b
 */
import { Optimizer, type OptimizerOptions, type Rule } from "./optimizer.ts";

export interface RmspropOptions extends OptimizerOptions {
  readonly alpha?: number;
  readonly eps?: number;
  readonly momentum?: number;
  readonly centered?: boolean;
}

export function rmsprop(options: RmspropOptions = {}): Optimizer {
  const { lr = 0.01, alpha = 0.99, eps = 1e-8, momentum = 0, centered = false } = options;
  const rule: Rule = {
    name: "rmsprop",
    begin: () => {},
    update: ({ p, g: gradient, lr: rate, weightDecay, state, set }) => {
      const g = weightDecay === 0 ? gradient : gradient.add(p.mul(weightDecay));
      const s = set(
        "square_avg",
        state("square_avg")
          .mul(alpha)
          .add(g.square().mul(1 - alpha)),
      );
      const spread = () => {
        const a = set(
          "grad_avg",
          state("grad_avg")
            .mul(alpha)
            .add(g.mul(1 - alpha)),
        );
        // s − a² is a variance, at least 0; rounding must not take the root of less.
        return s.sub(a.square()).maximum(0);
      };
      const d = g.div((centered ? spread() : s).sqrt().add(eps));
      if (momentum === 0) return p.sub(d.mul(rate));
      return p.sub(set("momentum_buffer", state("momentum_buffer").mul(momentum).add(d)).mul(rate));
    },
  };
  return new Optimizer(rule, { ...options, lr });
}
