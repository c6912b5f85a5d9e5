/**
 * Lookahead (Zhang et al. 2019, arXiv:1907.08610, algorithm 1) over any optimiser: it takes k steps, then the slow
 * weights φ go a part of the way towards where it arrived, and it starts from there,
 *
 *     every k steps:  φ ← φ + α·(p − φ);   p ← φ
 */
import type { Tensor } from "../graph/tensor.ts";
import type { Optimizer, Rule } from "./optimizer.ts";
import type { OptimizerSpec } from "./optimizer-spec.ts";
import { sgd } from "./sgd.ts";

export interface LookaheadOptions {
  /** 5 by default. */
  readonly k?: number;
  /** 0.5 by default. */
  readonly alpha?: number;
}

interface Cycle {
  readonly start: Tensor;
  readonly end: Tensor;
  readonly inner: unknown;
}

/** `lookahead(adamW({ lr: 1e-3 }))`; the inner optimiser's states are kept under `lookahead.`. */
export function lookahead(
  optimizer: Optimizer,
  { k = 5, alpha = 0.5 }: LookaheadOptions = {},
): Optimizer {
  const { rule: fast, name: inner } = optimizer;
  const rule: Rule<Cycle> = {
    ...fast,
    name: "lookahead",
    begin: (shared) => {
      const before = shared.state("lookahead_step");
      const end = before.add(1).ge(k);
      shared.set("lookahead_step", end.where(0, before.add(1)));
      return { start: before.eq(0), end, inner: fast.begin?.(shared) };
    },
    update: (step, { start, end, inner }) => {
      const next = fast.update(step, inner);
      // At the start of a cycle the weights are the slow weights.
      const slow = step.set("slow", start.where(step.p, step.state("slow")));
      return end.where(slow.add(next.sub(slow).mul(alpha)), next);
    },
  };
  return optimizer.over(rule, { inner, k, alpha });
}

export const lookaheadSpec: OptimizerSpec = {
  name: "lookahead",
  formula: "every k steps φ ← φ + α·(p − φ); p ← φ",
  shapes: "any",
  source: "Zhang et al. 2019, arXiv:1907.08610, algorithm 1",
  torch: "timm.optim.Lookahead",
  // biome-ignore format: one case a line
  samples: [
    { name: "momentum", make: () => lookahead(sgd({ lr: 0.1, momentum: 0.9 })), torch: "Lookahead(optim.SGD(params, lr=0.1, momentum=0.9))" },
    { name: "all options", make: () => lookahead(sgd({ lr: 0.1, momentum: 0.9 }), { k: 3, alpha: 0.8 }), torch: "Lookahead(optim.SGD(params, lr=0.1, momentum=0.9), k=3, alpha=0.8)" },
  ],
};
