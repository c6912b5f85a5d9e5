/** end + (1 − end)·(1 − t/T)^power over `steps` T, all by default, then `end`. */
import { atLeastZero, type Schedule, stepsOf } from "./schedule.ts";
import type { ScheduleSpec } from "./schedule-spec.ts";

export interface PolynomialOptions {
  readonly power?: number;
  readonly end?: number;
  /** A share of all steps when below 1. */
  readonly steps?: number;
}

export function polynomial({ power = 1, end = 0, steps }: PolynomialOptions = {}): Schedule {
  atLeastZero("polynomial", { power, end, steps });
  return (t, total) => {
    const span = steps === undefined ? total : stepsOf(steps, total);
    return end + (1 - end) * (t < span ? 1 - t / span : 0) ** power;
  };
}

export const polynomialKind = { settings: "power end steps", make: polynomial };

export const polynomialSpec: ScheduleSpec = {
  name: "polynomial",
  formula: "(1 − t/T)^power",
  shapes: "step → factor",
  source: "Liu, Rabinovich and Berg 2015, arXiv:1506.04579, section 3.3",
  torch: "lr_scheduler.PolynomialLR",
  // biome-ignore format: one case a line
  samples: [
    { name: "over all", schedule: /* @__PURE__ */ polynomial({ power: 0.9 }), torch: "sched.PolynomialLR(o, total_iters=100, power=0.9)" },
    { name: "over some", schedule: /* @__PURE__ */ polynomial({ power: 2, steps: 40 }), torch: "sched.PolynomialLR(o, total_iters=40, power=2)" },
    { name: "end", schedule: /* @__PURE__ */ polynomial({ power: 3, end: 0.2 }), torch: "sched.LambdaLR(o, lambda t: 0.2 + 0.8 * ((100 - t) / 100) ** 3)" },
  ],
};
