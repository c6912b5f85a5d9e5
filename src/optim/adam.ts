/**
 * Adam (Kingma and Ba 2014, arXiv:1412.6980, algorithm 1), with weight decay λ as an L2 penalty:
 *
 *     g ← g + λ·p;   m ← β₁·m + (1 − β₁)·g;   v ← β₂·v + (1 − β₂)·g²
 *     p ← p − lr·(m/c₁)/(√(v/c₂) + ε),   cᵢ = 1 − βᵢᵗ
 *
 * AdamW (Loshchilov and Hutter 2017, arXiv:1711.05101) shrinks the weights instead: p ← p − lr·λ·p first.
 * With `amsgrad` the largest v so far stands for v (Reddi et al. 2018, arXiv:1904.09237, algorithm 2).
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

export interface AdamOptions extends OptimizerOptions {
  /** [0.9, 0.999] by default. */
  readonly betas?: readonly [number, number];
  /** 1e-8 by default. */
  readonly eps?: number;
  /** False by default. */
  readonly amsgrad?: boolean;
}

export const adam = (options: AdamOptions = {}): Optimizer => optimizerOf(adamKind, options);
export const adamW = (options: AdamOptions = {}): Optimizer => optimizerOf(adamWKind, options);

const settings = "weightDecay betas eps amsgrad";

export const adamKind: OptimizerKind<AdamOptions> = {
  defaults: { lr: 1e-3 },
  settings,
  rule: (options) => adamRule("adam", options, false),
};

export const adamWKind: OptimizerKind<AdamOptions> = {
  defaults: { lr: 1e-3, weightDecay: 0.01 },
  settings,
  rule: (options) => adamRule("adamW", options, true),
};

/** c₁ and 1/√c₂ above. */
export type AdamShared = Readonly<Record<"c1" | "root", Tensor>>;

export function adamRule(
  name: string,
  { betas: [beta1, beta2] = [0.9, 0.999], eps = 1e-8, amsgrad = false }: AdamOptions,
  decoupled: boolean,
): Rule<AdamShared> {
  return {
    name,
    begin: ({ correction, builder }) => ({
      c1: correction("bias1", beta1),
      root: builder.constant(1).div(correction("bias2", beta2).sqrt()),
    }),
    update: (step, { c1, root }) => {
      const g = decoupled ? step.g : step.penalized();
      const m = step.moment("exp_avg", beta1, g);
      let v = step.moment("exp_avg_sq", beta2, g.square());
      if (amsgrad) v = step.set("max_exp_avg_sq", step.state("max_exp_avg_sq").maximum(v));
      const p = decoupled ? step.shrunk() : step.p;
      return p.sub(m.mul(step.lr.div(c1)).div(v.sqrt().mul(root).add(eps)));
    },
  };
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
