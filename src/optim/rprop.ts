/**
 * Rprop (Riedmiller and Braun 1993, "A direct adaptive method for faster backpropagation learning"), for full batches:
 * every weight has a step size of its own, s, which the signs of its gradients alone change,
 *
 *     s ← clamp(s·η⁺ if g·g′ > 0, s·η⁻ if g·g′ < 0, else s);   g ← 0 if g·g′ < 0;   p ← p − s·sign(g)
 *
 * with g′ the gradient of the step before. `lr` is the first step size; schedules do not reach it.
 */
import {
  type Optimizer,
  type OptimizerKind,
  type OptimizerOptions,
  optimizerOf,
  type Rule,
} from "./optimizer.ts";
import type { OptimizerSpec } from "./optimizer-spec.ts";

export interface RpropOptions extends Omit<OptimizerOptions, "weightDecay" | "noDecay"> {
  /** η⁻ and η⁺; [0.5, 1.2] by default. */
  readonly etas?: readonly [number, number];
  /** Least and largest step size; [1e-6, 50] by default. */
  readonly stepSizes?: readonly [number, number];
}

export const rprop = (options: RpropOptions = {}): Optimizer => optimizerOf(rpropKind, options);

export const rpropKind: OptimizerKind<RpropOptions> = {
  defaults: { lr: 0.01 },
  settings: "etas stepSizes",
  rule: rpropRule,
};

function rpropRule(options: RpropOptions & { readonly lr: number }): Rule {
  const { lr, etas = [0.5, 1.2], stepSizes = [1e-6, 50] } = options;
  const [less, more] = etas;
  const [min, max] = stepSizes;
  return {
    name: "rprop",
    update: ({ p, g, state, set }) => {
      const turn = g.mul(state("prev"));
      const factor = turn.gt(0).where(more, turn.lt(0).where(less, 1));
      const size = p.builder.apply("clamp", [state("step_size", lr).mul(factor)], { min, max });
      const kept = set("prev", turn.lt(0).where(0, g));
      return p.sub(set("step_size", size).mul(p.builder.apply("sign", [kept])));
    },
  };
}

export const rpropSpec: OptimizerSpec = {
  name: "rprop",
  formula: "s ← s·η⁺ where the gradient keeps its sign, s·η⁻ where it turns; p ← p − s·sign(g)",
  shapes: "any",
  source: "Riedmiller and Braun 1993, IEEE ICNN",
  torch: "optim.Rprop",
  // biome-ignore format: one case a line
  samples: [
    { name: "plain", make: () => rprop({ lr: 0.0625 }), torch: "optim.Rprop(params, lr=0.0625)" },
    { name: "all options", make: () => rprop({ lr: 0.125, etas: [0.4, 1.5], stepSizes: [0.02, 0.3] }), torch: "optim.Rprop(params, lr=0.125, etas=(0.4, 1.5), step_sizes=(0.02, 0.3))" },
    { name: "maximize", make: () => rprop({ lr: 0.0625, maximize: true }), torch: "optim.Rprop(params, lr=0.0625, maximize=True)" },
  ],
};
