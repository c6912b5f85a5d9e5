/**
 * Gradient accumulation: n runs of the step program with a part of the batch each make one step with all of it,
 *
 *     G ← G + m·g,  M ← M + m,  m images;   every n runs:  a step with G/M, clipped as a whole;  G, M ← 0
 *
 * which is the step of one big batch up to rounding, for a loss that is the mean over its images. A run whose loss or
 * gradients are not finite is left out, as if it had not happened. Running statistics follow at every run.
 */
import { ConvkitError } from "../core/error.ts";
import type { AnyRule, Optimizer } from "./optimizer.ts";
import type { OptimizerSpec } from "./optimizer-spec.ts";

/** `accumulate(sgd({ lr: 0.1 }), 4)`; states, G among them, are kept under the optimiser's own name. */
export function accumulate(optimizer: Optimizer, runs: number): Optimizer {
  if (!(Number.isSafeInteger(runs) && runs >= 1)) {
    throw new ConvkitError("accumulate", `${runs} runs to a step — give a whole number from 1`);
  }
  const rule: AnyRule = {
    ...optimizer.rule,
    gather: (steps, { builder, state, set }, finite) => {
      const images = builder.batch === undefined ? builder.constant(1) : builder.count();
      const run = state("accumulated_runs").add(1);
      const full = run.ge(runs);
      const total = state("accumulated_images").add(images);
      set("accumulated_runs", full.where(0, run));
      set("accumulated_images", full.where(0, total));
      const gradients = steps.map((step) => {
        const sum = step.state("accumulated").add(step.g.mul(images));
        step.set("accumulated", full.where(0, sum));
        return sum.div(total);
      });
      return { gradients, due: builder.apply("and", [finite, full]) };
    },
  };
  return optimizer.over(rule, { accumulate: runs });
}

export const accumulateSpec: OptimizerSpec = {
  name: "accumulate",
  formula: "G ← G + m·g, M ← M + m; every n runs a step with G/M",
  shapes: "any",
  source: "common practice",
  torch: "optimizer.step() every n calls of backward()",
  samples: [],
};
