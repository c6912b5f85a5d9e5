/** A line `from` … `to` over `steps`, all by default, then `to`. (PyTorch's LinearLR begins with a warm-up's 1/3 … 1.) */
import { atLeastZero, type Schedule, stepsOf } from "./schedule.ts";
import type { ScheduleSpec } from "./schedule-spec.ts";

export interface LinearOptions {
  readonly from?: number;
  readonly to?: number;
  /** A share of all steps when below 1. */
  readonly steps?: number;
}

export function linear({ from = 1, to = 0, steps }: LinearOptions = {}): Schedule {
  atLeastZero("linear", { from, to, steps });
  return (t, total) => {
    const span = steps === undefined ? total : stepsOf(steps, total);
    return from + (to - from) * (t < span ? t / span : 1);
  };
}

export const linearKind = { settings: "from to steps", make: linear };

export const linearSpec: ScheduleSpec = {
  name: "linear",
  formula: "from + (to − from)·t/T",
  shapes: "step → factor",
  source: "elementary",
  torch: "lr_scheduler.LinearLR",
  // biome-ignore format: one case a line
  samples: [
    { name: "down", schedule: /* @__PURE__ */ linear(), torch: "sched.LinearLR(o, start_factor=1, end_factor=0, total_iters=100)" },
    { name: "up", schedule: /* @__PURE__ */ linear({ from: 1 / 3, to: 1, steps: 5 }), torch: "sched.LinearLR(o)" },
  ],
};
