/**
 * Up to the base learning rate, then down to next to nothing, both along a cosine or a line (Smith and Topin
 * 2017, arXiv:1708.07120; PyTorch's OneCycleLR in two phases). The base is the peak. Momentum stays as it is.
 */
import { ConvkitError } from "../../core/error.ts";
import { atLeastZero, type Schedule } from "./schedule.ts";
import type { ScheduleSpec } from "./schedule-spec.ts";

export interface OneCycleOptions {
  /** Share of the steps that rise. */
  readonly rise?: number;
  /** The start is base/divFactor, the end start/finalDivFactor. */
  readonly divFactor?: number;
  readonly finalDivFactor?: number;
  readonly anneal?: "cosine" | "linear";
}

export function oneCycle(options: OneCycleOptions = {}): Schedule {
  const { rise = 0.3, divFactor = 25, finalDivFactor = 1e4, anneal = "cosine" } = options;
  atLeastZero("oneCycle", { rise, divFactor, finalDivFactor });
  if (rise > 1 || divFactor * finalDivFactor === 0) {
    throw new ConvkitError(
      "oneCycle",
      `rise is ${rise}, divFactor ${divFactor}, finalDivFactor ${finalDivFactor} — give a share of all ` +
        "steps, and factors above 0",
    );
  }
  if (anneal !== "cosine" && anneal !== "linear") {
    throw new ConvkitError("oneCycle", `anneal is ${anneal} — give cosine or linear`);
  }
  const start = 1 / divFactor;
  const end = start / finalDivFactor;
  const between = (a: number, b: number, share: number) =>
    anneal === "linear" ? a + (b - a) * share : b + ((a - b) * (1 + Math.cos(Math.PI * share))) / 2;
  return (t, total) => {
    // The last step of the rise and the last of all are where the peak and the end are reached.
    const top = rise * total - 1;
    const last = total - 1;
    return t <= top
      ? between(start, 1, top > 0 ? t / top : 1)
      : between(1, end, Math.min(1, (t - top) / (last - top)));
  };
}

export const oneCycleKind = { settings: "rise divFactor finalDivFactor anneal", make: oneCycle };

export const oneCycleSpec: ScheduleSpec = {
  name: "oneCycle",
  formula: "1/div → 1 in the rise, 1 → 1/(div·finalDiv) in the fall, along cosines or lines",
  shapes: "step → factor",
  source: "Smith and Topin 2017, arXiv:1708.07120",
  torch: "lr_scheduler.OneCycleLR",
  // biome-ignore format: one case a line
  samples: [
    { name: "cosine", schedule: /* @__PURE__ */ oneCycle(), torch: "sched.OneCycleLR(o, max_lr=1.0, total_steps=100)" },
    { name: "linear", schedule: /* @__PURE__ */ oneCycle({ rise: 0.25, divFactor: 10, finalDivFactor: 100, anneal: "linear" }), torch: "sched.OneCycleLR(o, max_lr=1.0, total_steps=100, pct_start=0.25, anneal_strategy='linear', div_factor=10, final_div_factor=100)" },
  ],
};
