/**
 * Adagrad (Duchi, Hazan and Singer 2011, JMLR 12, section 1.1, the diagonal form), with a rate that decays by κ:
 *
 *     g ← g + λ·p;   s ← s + g²;   p ← p − lr/(1 + (t − 1)·κ)·g/(√s + ε)
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

export interface AdagradOptions extends OptimizerOptions {
  /** 0 by default. */
  readonly lrDecay?: number;
  /** 0 by default. */
  readonly initialAccumulatorValue?: number;
  /** 1e-10 by default. */
  readonly eps?: number;
}

export const adagrad = (options: AdagradOptions = {}): Optimizer =>
  optimizerOf(adagradKind, options);

export const adagradKind: OptimizerKind<AdagradOptions> = {
  defaults: { lr: 0.01 },
  settings: "weightDecay lrDecay initialAccumulatorValue eps",
  rule: adagradRule,
};

function adagradRule(options: AdagradOptions): Rule<{ slowed?: Tensor }> {
  const { lrDecay = 0, initialAccumulatorValue = 0, eps = 1e-10 } = options;
  return {
    name: "adagrad",
    begin: ({ state, set }) => {
      if (lrDecay === 0) return {};
      const before = state("step");
      set("step", before.add(1));
      return { slowed: before.mul(lrDecay).add(1) };
    },
    update: (step, { slowed }) => {
      const { p, lr: rate, state, set } = step;
      const g = step.penalized();
      const s = set("sum", state("sum", initialAccumulatorValue).add(g.square()));
      return p.sub(g.mul(slowed ? rate.div(slowed) : rate).div(s.sqrt().add(eps)));
    },
  };
}

export const adagradSpec: OptimizerSpec = {
  name: "adagrad",
  formula: "s ← s + g²; p ← p − lr·g/(√s + ε)",
  shapes: "any",
  source: "Duchi, Hazan and Singer 2011, JMLR 12, section 1.1",
  torch: "optim.Adagrad",
  // biome-ignore format: one case a line
  samples: [
    { name: "plain", make: () => adagrad({ lr: 0.1 }), torch: "optim.Adagrad(params, lr=0.1)" },
    { name: "all options", make: () => adagrad({ lr: 0.1, lrDecay: 0.05, initialAccumulatorValue: 0.25, eps: 1e-3, weightDecay: 0.1 }), torch: "optim.Adagrad(params, lr=0.1, lr_decay=0.05, initial_accumulator_value=0.25, eps=1e-3, weight_decay=0.1)" },
    { name: "maximize", make: () => adagrad({ lr: 0.1, maximize: true }), torch: "optim.Adagrad(params, lr=0.1, maximize=True)" },
  ],
};
