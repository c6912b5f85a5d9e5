/**
 * A line from `from` to 1 over the first steps (PyTorch's LinearLR), then another schedule over the rest, as if
 * the rest were all there is (PyTorch's SequentialLR). `steps` below 1 is a share of all steps.
 */
import { ConvkitError } from "../../core/error.ts";
import { constant } from "./constant.ts";
import { cosine } from "./cosine.ts";
import { atLeastZero, type Schedule, stepsOf } from "./schedule.ts";
import type { ScheduleSpec } from "./schedule-spec.ts";

export interface WarmupOptions {
  readonly steps: number;
  readonly from?: number;
}

export function warmup(
  { steps, from = 0.1 }: WarmupOptions,
  then: Schedule = constant(),
): Schedule {
  atLeastZero("warmup", { from });
  if (!(steps >= 0)) {
    throw new ConvkitError("warmup", `${steps} steps of warm-up — give steps, or a share below 1`);
  }
  return (t, total, history) => {
    const rise = steps < 1 ? Math.round(stepsOf(steps, total)) : steps;
    return t < rise ? from + ((1 - from) * t) / rise : then(t - rise, total - rise, history);
  };
}

export const warmupSpec: ScheduleSpec = {
  name: "warmup",
  formula: "from + (1 − from)·t/s for t < s, then another schedule of t − s",
  shapes: "step → factor",
  source: "Goyal et al. 2017, arXiv:1706.02677, section 2.2",
  torch: "lr_scheduler.SequentialLR([LinearLR, …])",
  // biome-ignore format: one case a line
  samples: [
    { name: "alone", schedule: /* @__PURE__ */ warmup({ steps: 4, from: 0.25 }), torch: "sched.LinearLR(o, start_factor=0.25, total_iters=4)" },
    { name: "cosine", schedule: /* @__PURE__ */ warmup({ steps: 0.05 }, /* @__PURE__ */ cosine()), torch: "sched.SequentialLR(o, [sched.LinearLR(o, start_factor=0.1, total_iters=5), sched.CosineAnnealingLR(o, T_max=95)], milestones=[5])" },
  ],
};
