/**
 * γ^⌊t/size⌋; `size` in steps, or as a share of all steps when below 1. Without a size it is what `multiStep` does by
 * default: a tenth at half of the run, a hundredth at three quarters.
 */
import { ConvkitError } from "../../core/error.ts";
import { multiStep } from "./multi-step.ts";
import { atLeastZero, type Schedule, stepsOf } from "./schedule.ts";
import type { ScheduleSpec } from "./schedule-spec.ts";

export interface StepOptions {
  readonly size?: number;
  readonly gamma?: number;
}

export function step({ size, gamma = 0.1 }: StepOptions = {}): Schedule {
  atLeastZero("step", { gamma });
  if (size === undefined) return multiStep({ gamma });
  if (!(size > 0)) throw new ConvkitError("step", `size is ${size}, expected steps or a share`);
  return (t, total) => gamma ** Math.floor(t / stepsOf(size, total));
}

export const stepKind = { settings: "size gamma", make: step };

export const stepSpec: ScheduleSpec = {
  name: "step",
  formula: "γ^⌊t/size⌋",
  shapes: "step → factor",
  source: "elementary",
  torch: "lr_scheduler.StepLR",
  // biome-ignore format: one case a line
  samples: [
    { name: "steps", schedule: /* @__PURE__ */ step({ size: 6, gamma: 0.3 }), torch: "sched.StepLR(o, step_size=6, gamma=0.3)" },
    { name: "share", schedule: /* @__PURE__ */ step({ size: 0.25 }), torch: "sched.StepLR(o, step_size=25)" },
  ],
};
