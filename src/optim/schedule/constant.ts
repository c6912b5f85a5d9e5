/** The base learning rate throughout. */
import type { Schedule } from "./schedule.ts";
import type { ScheduleSpec } from "./schedule-spec.ts";

export const constant = (): Schedule => () => 1;

export const constantKind = { settings: "", make: constant };

export const constantSpec: ScheduleSpec = {
  name: "constant",
  formula: "1",
  shapes: "step → factor",
  source: "elementary",
  torch: "lr_scheduler.ConstantLR(factor=1)",
  samples: [
    {
      name: "plain",
      schedule: /* @__PURE__ */ constant(),
      torch: "sched.ConstantLR(o, factor=1)",
    },
  ],
};
