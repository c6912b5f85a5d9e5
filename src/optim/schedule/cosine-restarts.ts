/**
 * SGDR (Loshchilov and Hutter 2016, arXiv:1608.03983, equation 5): a cosine that begins anew after T₀ steps, then after
 * T₀·m, T₀·m², …:
 *
 *     min + (1 − min)·(1 + cos(π·t/Tᵢ))/2, t counted from the latest restart
 */
import { ConvkitError } from "../../core/error.ts";
import { atLeastZero, type Schedule, stepsOf } from "./schedule.ts";
import type { ScheduleSpec } from "./schedule-spec.ts";

export interface CosineRestartsOptions {
  /** Steps of the first period; a share of all steps when below 1, a fifth by default. */
  readonly t0?: number;
  readonly tMult?: number;
  readonly min?: number;
}

export function cosineRestarts(options: CosineRestartsOptions = {}): Schedule {
  const { t0 = 0.2, tMult = 1, min = 0 } = options;
  if (!(t0 > 0 && tMult >= 1)) {
    throw new ConvkitError(
      "cosineRestarts",
      `t0 is ${t0}, tMult ${tMult} — give steps or a share, and a factor of 1 or more`,
    );
  }
  atLeastZero("cosineRestarts", { min });
  return (t, total) => {
    let period = Math.max(1, Math.round(stepsOf(t0, total)));
    let since = t;
    while (since >= period) {
      since -= period;
      period *= tMult;
    }
    return min + ((1 - min) * (1 + Math.cos((Math.PI * since) / period))) / 2;
  };
}

export const cosineRestartsKind = { settings: "t0 tMult min", make: cosineRestarts };

export const cosineRestartsSpec: ScheduleSpec = {
  name: "cosineRestarts",
  formula: "min + (1 − min)·(1 + cos(π·t/Tᵢ))/2, anew after T₀, T₀·m, T₀·m², … steps",
  shapes: "step → factor",
  source: "Loshchilov and Hutter 2016, arXiv:1608.03983, equation 5",
  torch: "lr_scheduler.CosineAnnealingWarmRestarts",
  // biome-ignore format: one case a line
  samples: [
    { name: "equal", schedule: /* @__PURE__ */ cosineRestarts(), torch: "sched.CosineAnnealingWarmRestarts(o, T_0=20)" },
    { name: "longer", schedule: /* @__PURE__ */ cosineRestarts({ t0: 7, tMult: 2, min: 0.05 }), torch: "sched.CosineAnnealingWarmRestarts(o, T_0=7, T_mult=2, eta_min=0.05)" },
  ],
};
