/** γᵗ, or from 1 to `end` over all steps: γ = end^(1/T). */
import { ConvkitError } from "../../core/error.ts";
import { atLeastZero, type Schedule } from "./schedule.ts";
import type { ScheduleSpec } from "./schedule-spec.ts";

export interface ExponentialOptions {
  /** Of one step; it goes before `end`. */
  readonly gamma?: number;
  readonly end?: number;
}

export function exponential({ gamma, end = 0.01 }: ExponentialOptions = {}): Schedule {
  atLeastZero("exponential", { gamma, end });
  if ((gamma ?? end) === 0) {
    throw new ConvkitError("exponential", `a factor of ${gamma ?? end} — give one above 0`);
  }
  return (t, total) => (gamma === undefined ? end ** (t / total) : gamma ** t);
}

export const exponentialKind = { settings: "gamma end", make: exponential };

export const exponentialSpec: ScheduleSpec = {
  name: "exponential",
  formula: "γᵗ",
  shapes: "step → factor",
  source: "elementary",
  torch: "lr_scheduler.ExponentialLR",
  // biome-ignore format: one case a line
  samples: [
    { name: "gamma", schedule: /* @__PURE__ */ exponential({ gamma: 0.95 }), torch: "sched.ExponentialLR(o, gamma=0.95)" },
    { name: "end", schedule: /* @__PURE__ */ exponential(), torch: "sched.ExponentialLR(o, gamma=0.01 ** 0.01)" },
  ],
};
