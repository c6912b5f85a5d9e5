/**
 * γ^(milestones passed): a tenth at half of the run and a hundredth at three quarters by default, as ResNets were trained on
 * CIFAR-10 (He et al. 2015, arXiv:1512.03385, section 4.2). Milestones in steps, or as shares of all steps when below 1.
 */
import { ConvkitError } from "../../core/error.ts";
import { atLeastZero, type Schedule, stepsOf } from "./schedule.ts";
import type { ScheduleSpec } from "./schedule-spec.ts";

export interface MultiStepOptions {
  readonly milestones?: readonly number[];
  readonly gamma?: number;
}

export function multiStep(options: MultiStepOptions = {}): Schedule {
  const { milestones = [0.5, 0.75], gamma = 0.1 } = options;
  atLeastZero("multiStep", { gamma });
  if (milestones.some((milestone) => !(milestone >= 0))) {
    throw new ConvkitError(
      "multiStep",
      `milestones ${milestones.join(", ")} — give steps or shares`,
    );
  }
  return (t, total) =>
    gamma ** milestones.filter((milestone) => t >= stepsOf(milestone, total)).length;
}

export const multiStepKind = { settings: "milestones gamma", make: multiStep };

export const multiStepSpec: ScheduleSpec = {
  name: "multiStep",
  formula: "γ^(milestones ≤ t)",
  shapes: "step → factor",
  source: "He et al. 2015, arXiv:1512.03385, section 4.2",
  torch: "lr_scheduler.MultiStepLR",
  // biome-ignore format: one case a line
  samples: [
    { name: "defaults", schedule: /* @__PURE__ */ multiStep(), torch: "sched.MultiStepLR(o, milestones=[50, 75])" },
    { name: "steps", schedule: /* @__PURE__ */ multiStep({ milestones: [10, 30, 30, 80], gamma: 0.5 }), torch: "sched.MultiStepLR(o, milestones=[10, 30, 30, 80], gamma=0.5)" },
  ],
};
