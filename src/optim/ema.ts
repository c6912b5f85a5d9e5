/**
 * Exponential moving average of a network's weights (Polyak and Juditsky 1992; in this form Tarvainen and Valpola 2017,
 * arXiv:1703.01780), running statistics included, as timm's ModelEmaV2:
 *
 *     a ← d·a + (1 − d)·p
 *
 * With `warmup` the decay is min(d, (1 + t)/(10 + t)) at update t = 0, 1, …, so that early weights are soon forgotten.
 */
import { ConvkitError } from "../core/error.ts";
import type { Module } from "../nn/module.ts";
import { namedStates } from "../nn/parameters.ts";
import type { OptimizerSpec } from "./optimizer-spec.ts";
import { type NamedStates, WeightAverage } from "./weight-average.ts";

export interface EmaOptions {
  /** 0.9999 by default. */
  readonly decay?: number;
  /** False by default. */
  readonly warmup?: boolean;
}

export const ema = (net: Module, options: EmaOptions = {}): WeightAverage =>
  emaOf(namedStates(net), options);

/** The same of states that are known already. */
export function emaOf(
  states: NamedStates,
  { decay = 0.9999, warmup = false }: EmaOptions,
): WeightAverage {
  if (!(decay >= 0 && decay <= 1)) {
    throw new ConvkitError("ema", `decay is ${decay}, expected 0 to 1`);
  }
  return new WeightAverage("ema", states, (t, builder) => {
    const share = builder.constant(1 - decay);
    // 1 − (1 + t)/(10 + t) = 9/(10 + t)
    return warmup ? builder.constant(9).div(t.add(10)).maximum(share) : share;
  });
}

export const emaSpec: OptimizerSpec = {
  name: "ema",
  formula: "a ← d·a + (1 − d)·p",
  shapes: "any",
  source: "Polyak and Juditsky 1992; Tarvainen and Valpola 2017, arXiv:1703.01780",
  torch: "timm.utils.ModelEmaV2",
  samples: [],
};
