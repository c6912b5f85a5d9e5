/**
 * Stochastic weight averaging (Izmailov et al. 2018, arXiv:1803.05407, algorithm 1): the plain mean of the weights that
 * a run with a constant or cyclic rate passes through,
 *
 *     a ← a + (p − a)/(n + 1) after n weights
 *
 * The paper takes one set of weights an epoch: trace `average.update(chosen)` with an input that says when. Afterwards
 * running statistics belong to none of the weights; `updateBatchNorm` finds them anew.
 */
import type { AnyModule } from "../nn/module.ts";
import { namedStates } from "../nn/parameters.ts";
import type { OptimizerSpec } from "./optimizer-spec.ts";
import { WeightAverage } from "./weight-average.ts";

export const swa = (net: AnyModule): WeightAverage =>
  new WeightAverage("swa", namedStates(net), (n, builder) => builder.constant(1).div(n.add(1)));

export const swaSpec: OptimizerSpec = {
  name: "swa",
  formula: "a ← a + (p − a)/(n + 1)",
  shapes: "any",
  source: "Izmailov et al. 2018, arXiv:1803.05407, algorithm 1",
  torch: "optim.swa_utils.AveragedModel",
  samples: [],
};
