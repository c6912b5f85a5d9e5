/**
 * Adam (Kingma and Ba 2014, arXiv:1412.6980, algorithm 1), with weight decay λ as an L2 penalty:
 *
 *     g ← g + λ·p;   m ← β₁·m + (1 − β₁)·g;   v ← β₂·v + (1 − β₂)·g²
 *     p ← p − lr·(m/c₁)/(√(v/c₂) + ε)
 *
 * AdamW (Loshchilov and Hutter 2017, arXiv:1711.05101) shrinks the weights instead: p ← p − lr·λ·p first.
 * The corrections cᵢ = 1 − βᵢᵗ are states, cᵢ ← βᵢ·cᵢ + (1 − βᵢ): no step counter, no power, and exact in f32
 * where 1 − βᵗ would cancel.
 */
import { ConvkitError } from "../core/error.ts";
import type { Tensor } from "../graph/tensor.ts";
import { Optimizer, type OptimizerOptions, type Rule } from "./optimizer.ts";

export interface AdamOptions extends OptimizerOptions {
  readonly betas?: readonly [number, number];
  readonly eps?: number;
}

export const adam = (options: AdamOptions = {}): Optimizer => make("adam", options, false);

export const adamW = (options: AdamOptions = {}): Optimizer =>
  make("adamW", { weightDecay: 0.01, ...options }, true);

function make(name: string, options: AdamOptions, decoupled: boolean): Optimizer {
  const { lr = 1e-3, betas = [0.9, 0.999], eps = 1e-8 } = options;
  const [beta1, beta2] = betas;
  if (![beta1, beta2].every((beta) => beta >= 0 && beta < 1)) {
    throw new ConvkitError(name, `betas ${betas.join(", ")} are not in [0, 1)`);
  }
  const rule: Rule<{ c1: Tensor; root: Tensor }> = {
    name,
    begin: ({ state, set, builder }) => {
      const correction = (at: string, beta: number) =>
        set(
          at,
          state(at)
            .mul(beta)
            .add(1 - beta),
        );
      const c1 = correction("bias1", beta1);
      // 1/√c₂, worked out once for all parameters
      return { c1, root: builder.constant(1).div(correction("bias2", beta2).sqrt()) };
    },
    update: ({ p: old, g: gradient, lr: rate, weightDecay, state, set }, { c1, root }) => {
      const decays = weightDecay !== 0;
      const p = decays && decoupled ? old.mul(rate.mul(weightDecay).rsub(1)) : old;
      const g = decays && !decoupled ? gradient.add(old.mul(weightDecay)) : gradient;
      const m = set(
        "exp_avg",
        state("exp_avg")
          .mul(beta1)
          .add(g.mul(1 - beta1)),
      );
      const v = set(
        "exp_avg_sq",
        state("exp_avg_sq")
          .mul(beta2)
          .add(g.square().mul(1 - beta2)),
      );
      return p.sub(m.mul(rate.div(c1)).div(v.sqrt().mul(root).add(eps)));
    },
  };
  return new Optimizer(rule, { ...options, lr });
}
