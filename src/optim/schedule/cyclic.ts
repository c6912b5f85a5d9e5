/**
 * Cyclical learning rates (Smith 2015, arXiv:1506.01186, sections 3.2 and 3.3): up and down along lines between `low` and the
 * base learning rate, which is the peak,
 *
 *     low + (1 − low)·height·scale,   height 0 → 1 → 0 in a cycle
 *     triangular: scale = 1;   triangular2: 1/2^(cycle − 1);   expRange: γᵗ
 */
import { ConvkitError } from "../../core/error.ts";
import { atLeastZero, type Schedule, stepsOf } from "./schedule.ts";
import type { ScheduleSpec } from "./schedule-spec.ts";

export interface CyclicOptions {
  /** Of the base learning rate: where a cycle begins and ends. */
  readonly low?: number;
  /** Steps up and down, shares of all steps when below 1; up a tenth by default, down as many as up. */
  readonly up?: number;
  readonly down?: number;
  readonly mode?: "triangular" | "triangular2" | "expRange";
  /** Of a step, in `expRange`. */
  readonly gamma?: number;
}

export function cyclic(options: CyclicOptions = {}): Schedule {
  const { low = 0.1, up = 0.1, down = up, mode = "triangular", gamma = 1 } = options;
  atLeastZero("cyclic", { low, gamma });
  if (!(up > 0 && down > 0)) {
    throw new ConvkitError("cyclic", `${up} steps up, ${down} down — give steps or shares above 0`);
  }
  if (!["triangular", "triangular2", "expRange"].includes(mode)) {
    throw new ConvkitError("cyclic", `mode is ${mode} — give triangular, triangular2 or expRange`);
  }
  return (t, total) => {
    const [rise, fall] = [stepsOf(up, total), stepsOf(down, total)];
    const cycle = Math.floor(t / (rise + fall));
    const since = t - cycle * (rise + fall);
    const height = since <= rise ? since / rise : (rise + fall - since) / fall;
    const scale = { triangular: 1, triangular2: 0.5 ** cycle, expRange: gamma ** t }[mode];
    return low + (1 - low) * height * scale;
  };
}

export const cyclicKind = { settings: "low up down mode gamma", make: cyclic };

export const cyclicSpec: ScheduleSpec = {
  name: "cyclic",
  formula: "low + (1 − low)·height·scale, height 0 → 1 → 0 in a cycle",
  shapes: "step → factor",
  source: "Smith 2015, arXiv:1506.01186, sections 3.2 and 3.3",
  torch: "lr_scheduler.CyclicLR",
  // biome-ignore format: one case a line
  samples: [
    { name: "triangular", schedule: /* @__PURE__ */ cyclic(), torch: "sched.CyclicLR(o, 0.1, 1, step_size_up=10, cycle_momentum=False)" },
    { name: "triangular2", schedule: /* @__PURE__ */ cyclic({ low: 0.2, up: 7, down: 13, mode: "triangular2" }), torch: "sched.CyclicLR(o, 0.2, 1, step_size_up=7, step_size_down=13, mode='triangular2', cycle_momentum=False)" },
    { name: "exp range", schedule: /* @__PURE__ */ cyclic({ low: 0.3, up: 12, mode: "expRange", gamma: 0.98 }), torch: "sched.CyclicLR(o, 0.3, 1, step_size_up=12, mode='exp_range', gamma=0.98, cycle_momentum=False)" },
  ],
};
