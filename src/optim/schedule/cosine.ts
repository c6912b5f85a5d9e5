/**
 * min + (1 − min)·(1 + cos(π·t/T))/2: from the base learning rate down to `min` of it (Loshchilov and Hutter
 * 2016, arXiv:1608.03983, equation 5, one period).
 */
import { ConvkitError } from "../../core/error.ts";
import type { Schedule } from "./schedule.ts";
import type { ScheduleSpec } from "./schedule-spec.ts";

export interface CosineOptions {
  readonly min?: number;
}

export function cosine({ min = 0 }: CosineOptions = {}): Schedule {
  if (!(min >= 0)) throw new ConvkitError("cosine", `min is ${min} — give a number, 0 or more`);
  return (t, total) => min + ((1 - min) * (1 + Math.cos((Math.PI * t) / total))) / 2;
}

export const cosineKind = { settings: "min", make: cosine };

export const cosineSpec: ScheduleSpec = {
  name: "cosine",
  formula: "min + (1 − min)·(1 + cos(π·t/T))/2",
  shapes: "step → factor",
  source: "Loshchilov and Hutter 2016, arXiv:1608.03983, equation 5",
  torch: "lr_scheduler.CosineAnnealingLR",
  // biome-ignore format: one case a line
  samples: [
    { name: "plain", schedule: /* @__PURE__ */ cosine(), torch: "sched.CosineAnnealingLR(o, T_max=100)" },
    { name: "min", schedule: /* @__PURE__ */ cosine({ min: 0.1 }), torch: "sched.CosineAnnealingLR(o, T_max=100, eta_min=0.1)" },
  ],
};
