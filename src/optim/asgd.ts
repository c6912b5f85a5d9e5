/**
 * Averaged SGD (Polyak and Juditsky 1992), with PyTorch's schedules: after k steps
 *
 *     η = lr/(1 + λ′·lr·k)^α;   g ← g + λ·p;   p ← p·(1 − λ′·η) − η·g;   p̄ ← p̄ + (p − p̄)/max(1, k − t₀)
 *
 * The average p̄ is the state `ax`; the weights themselves stay those of the last step.
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

export interface AsgdOptions extends OptimizerOptions {
  /** λ′ above: the decay that goes with the rate; 1e-4 by default. */
  readonly lambd?: number;
  /** 0.75 by default. */
  readonly alpha?: number;
  /** Step from which on the weights are averaged; 1e6 by default. */
  readonly t0?: number;
}

export const asgd = (options: AsgdOptions = {}): Optimizer => optimizerOf(asgdKind, options);

export const asgdKind: OptimizerKind<AsgdOptions> = {
  defaults: { lr: 0.01 },
  settings: "weightDecay lambd alpha t0",
  rule: asgdRule,
};

function asgdRule(options: AsgdOptions): Rule<Tensor> {
  const { lambd = 1e-4, alpha = 0.75, t0 = 1e6 } = options;
  return {
    name: "asgd",
    begin: ({ state, set }) => {
      const before = state("step");
      set("step", before.add(1));
      return before;
    },
    update: (step, k) => {
      const { p, lr: rate, state, set } = step;
      const eta = rate.div(rate.mul(k).mul(lambd).add(1).pow(alpha));
      const next = p.mul(eta.mul(lambd).rsub(1)).sub(step.penalized().mul(eta));
      const average = state("ax");
      set("ax", average.add(next.sub(average).div(k.sub(t0).maximum(1))));
      return next;
    },
  };
}

export const asgdSpec: OptimizerSpec = {
  name: "asgd",
  formula: "η = lr/(1 + λ′·lr·k)^α; p ← p·(1 − λ′·η) − η·g; p̄ ← p̄ + (p − p̄)/max(1, k − t₀)",
  shapes: "any",
  source: "Polyak and Juditsky 1992, SIAM J. Control Optim. 30(4)",
  torch: "optim.ASGD",
  // biome-ignore format: one case a line
  samples: [
    { name: "plain", make: () => asgd({ lr: 0.1 }), torch: "optim.ASGD(params, lr=0.1)" },
    { name: "all options", make: () => asgd({ lr: 0.1, lambd: 0.05, alpha: 0.6, t0: 5, weightDecay: 0.1 }), torch: "optim.ASGD(params, lr=0.1, lambd=0.05, alpha=0.6, t0=5, weight_decay=0.1)" },
    { name: "maximize", make: () => asgd({ lr: 0.1, maximize: true }), torch: "optim.ASGD(params, lr=0.1, maximize=True)" },
  ],
};
