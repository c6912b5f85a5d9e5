/**
 * Adam (Kingma and Ba 2014, arXiv:1412.6980, algorithm 1), with weight decay λ as an L2 penalty:
 *
 *     g ← g + λ·p;   m ← β₁·m + (1 − β₁)·g;   v ← β₂·v + (1 − β₂)·g²
 *     p ← p − lr·(m/c₁)/(√(v/c₂) + ε),   cᵢ = 1 − βᵢᵗ
 *
 * AdamW (Loshchilov and Hutter 2017, arXiv:1711.05101) shrinks the weights instead: p ← p − lr·λ·p first.
 * With `amsgrad` the largest v so far stands for v (Reddi et al. 2018, arXiv:1904.09237, algorithm 2).
 */
import { ConvkitError } from "../core/error.ts";
import type { Tensor } from "../graph/tensor.ts";
import { correction, moment } from "./moment.ts";
import { Optimizer, type OptimizerOptions, type Rule } from "./optimizer.ts";
import type { OptimizerSpec } from "./optimizer-spec.ts";
import { penalized, shrunk } from "./weight-decay.ts";

export interface AdamOptions extends OptimizerOptions {
  readonly betas?: readonly [number, number];
  readonly eps?: number;
  readonly amsgrad?: boolean;
}

export const adam = (options: AdamOptions = {}): Optimizer =>
  new Optimizer(adamRule("adam", options, false), { ...options, lr: options.lr ?? 1e-3 });

export const adamW = (options: AdamOptions = {}): Optimizer =>
  new Optimizer(adamRule("adamW", options, true), {
    weightDecay: 0.01,
    ...options,
    lr: options.lr ?? 1e-3,
  });

export type AdamRule = Rule<{ c1: Tensor; root: Tensor }>;

export function adamRule(
  name: string,
  { betas = [0.9, 0.999], eps = 1e-8, amsgrad = false }: AdamOptions,
  decoupled: boolean,
): AdamRule {
  const [beta1, beta2] = checkBetas(name, betas);
  return {
    name,
    begin: (shared) => ({
      c1: correction(shared, "bias1", beta1),
      // 1/√c₂, worked out once for all parameters
      root: shared.builder.constant(1).div(correction(shared, "bias2", beta2).sqrt()),
    }),
    update: (step, { c1, root }) => {
      const g = decoupled ? step.g : penalized(step);
      const m = moment(step, "exp_avg", beta1, g);
      let v = moment(step, "exp_avg_sq", beta2, g.square());
      if (amsgrad) v = step.set("max_exp_avg_sq", step.state("max_exp_avg_sq").maximum(v));
      const p = decoupled ? shrunk(step) : step.p;
      return p.sub(m.mul(step.lr.div(c1)).div(v.sqrt().mul(root).add(eps)));
    },
  };
}

export function checkBetas(
  where: string,
  betas: readonly [number, number],
): readonly [number, number] {
  if (betas.every((beta) => beta >= 0 && beta < 1)) return betas;
  throw new ConvkitError(where, `betas ${betas.join(", ")} are not in [0, 1)`);
}

export const adamSpec: OptimizerSpec = {
  name: "adam",
  formula:
    "m ← β₁·m + (1 − β₁)·g; v ← β₂·v + (1 − β₂)·g²; p ← p − lr·(m/(1 − β₁ᵗ))/(√(v/(1 − β₂ᵗ)) + ε)",
  shapes: "any",
  source:
    "Kingma and Ba 2014, arXiv:1412.6980, algorithm 1; amsgrad: Reddi et al. 2018, arXiv:1904.09237",
  torch: "optim.Adam",
  // biome-ignore format: one case a line
  samples: [
    { name: "plain", make: () => adam({ lr: 0.05 }), torch: "optim.Adam(params, lr=0.05)" },
    { name: "all options", make: () => adam({ lr: 0.05, betas: [0.8, 0.95], eps: 0.01, weightDecay: 0.1 }), torch: "optim.Adam(params, lr=0.05, betas=(0.8, 0.95), eps=0.01, weight_decay=0.1)" },
    { name: "amsgrad", make: () => adam({ lr: 0.05, betas: [0.9, 0.8], amsgrad: true }), torch: "optim.Adam(params, lr=0.05, betas=(0.9, 0.8), amsgrad=True)" },
    { name: "maximize", make: () => adam({ lr: 0.05, weightDecay: 0.1, maximize: true }), torch: "optim.Adam(params, lr=0.05, weight_decay=0.1, maximize=True)" },
  ],
};

export const adamWSpec: OptimizerSpec = {
  name: "adamW",
  formula: "p ← p − lr·λ·p, then as Adam without a penalty",
  shapes: "any",
  source: "Loshchilov and Hutter 2017, arXiv:1711.05101, algorithm 2",
  torch: "optim.AdamW",
  // biome-ignore format: one case a line
  samples: [
    { name: "plain", make: () => adamW({ lr: 0.05 }), torch: "optim.AdamW(params, lr=0.05)" },
    { name: "decay", make: () => adamW({ lr: 0.05, weightDecay: 0.3 }), torch: "optim.AdamW(params, lr=0.05, weight_decay=0.3)" },
    { name: "amsgrad", make: () => adamW({ lr: 0.05, betas: [0.9, 0.8], amsgrad: true }), torch: "optim.AdamW(params, lr=0.05, betas=(0.9, 0.8), amsgrad=True)" },
    { name: "maximize", make: () => adamW({ lr: 0.05, weightDecay: 0.2, maximize: true }), torch: "optim.AdamW(params, lr=0.05, weight_decay=0.2, maximize=True)" },
    { name: "groups", make: () => adamW({ lr: 0.05, weightDecay: 0.2, noDecay: ({ shape }) => shape.length < 2, groups: [{ match: "*.bias", lrMultiplier: 2 }] }), torch: "optim.AdamW([{'params': params[:1], 'lr': 0.05, 'weight_decay': 0.2}, {'params': params[1:], 'lr': 0.1, 'weight_decay': 0}])" },
  ],
};
