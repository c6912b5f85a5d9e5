/**
 * 1/√(1 + t/s): Vaswani et al. 2017, arXiv:1706.03762, equation 3, after its warm-up of s steps. The whole of it is
 * `warmup({ steps: s, from: 0 }, inverseSqrt({ timescale: s }))`.
 */
import { ConvkitError } from "../../core/error.ts";
import { type Schedule, stepsOf } from "./schedule.ts";
import type { ScheduleSpec } from "./schedule-spec.ts";
import { warmup } from "./warmup.ts";

export interface InverseSqrtOptions {
  /** s above; a share of all steps when below 1, a tenth by default. */
  readonly timescale?: number;
}

export function inverseSqrt({ timescale = 0.1 }: InverseSqrtOptions = {}): Schedule {
  if (!(timescale > 0)) {
    throw new ConvkitError("inverseSqrt", `timescale is ${timescale} — give steps or a share`);
  }
  return (t, total) => 1 / Math.sqrt(1 + t / stepsOf(timescale, total));
}

export const inverseSqrtKind = { settings: "timescale", make: inverseSqrt };

export const inverseSqrtSpec: ScheduleSpec = {
  name: "inverseSqrt",
  formula: "1/√(1 + t/s)",
  shapes: "step → factor",
  source: "Vaswani et al. 2017, arXiv:1706.03762, equation 3",
  torch: "transformers.get_inverse_sqrt_schedule",
  // biome-ignore format: one case a line
  samples: [
    { name: "plain", schedule: /* @__PURE__ */ inverseSqrt(), torch: "sched.LambdaLR(o, lambda t: (10 / (t + 10)) ** 0.5)" },
    // Equation 3 itself, with its peak at 1.
    { name: "warm-up", schedule: /* @__PURE__ */ warmup({ steps: 20, from: 0 }, /* @__PURE__ */ inverseSqrt({ timescale: 20 })), torch: "sched.LambdaLR(o, lambda t: 20 ** 0.5 * min(t ** -0.5 if t else 9, t * 20 ** -1.5))" },
  ],
};
