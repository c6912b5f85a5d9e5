/**
 * The rate times `factor` each time that the watched value has not become better for more than `patience` epochs; PyTorch's
 * ReduceLROnPlateau, as a function of all values so far. A value is better than the best so far, b, if it is below
 *
 *     b·(1 − threshold), or b − threshold with `thresholdMode: "abs"`;  with `mode: "max"` above b·(1 + threshold), b + threshold
 *
 * After a reduction `cooldown` epochs do not count.
 */
import { ConvkitError } from "../../core/error.ts";
import { atLeastZero, type Schedule } from "./schedule.ts";
import type { ScheduleSpec } from "./schedule-spec.ts";

export interface ReduceOnPlateauOptions {
  readonly mode?: "min" | "max";
  readonly factor?: number;
  /** Epochs. */
  readonly patience?: number;
  readonly threshold?: number;
  readonly thresholdMode?: "rel" | "abs";
  /** Epochs. */
  readonly cooldown?: number;
  /** Of the base learning rate: it does not go below. */
  readonly min?: number;
  /** Of the base learning rate: smaller reductions are left out. */
  readonly eps?: number;
}

export function reduceOnPlateau(options: ReduceOnPlateauOptions = {}): Schedule {
  const { mode = "min", factor = 0.1, patience = 10, threshold = 1e-4 } = options;
  const { thresholdMode = "rel", cooldown = 0, min = 0, eps = 1e-8 } = options;
  atLeastZero("reduceOnPlateau", { patience, threshold, cooldown, min, eps });
  if (!(factor > 0 && factor < 1)) {
    throw new ConvkitError("reduceOnPlateau", `factor is ${factor}, expected between 0 and 1`);
  }
  if (!["min", "max"].includes(mode) || !["rel", "abs"].includes(thresholdMode)) {
    throw new ConvkitError(
      "reduceOnPlateau",
      `mode is ${mode}, thresholdMode ${thresholdMode} — give min or max, and rel or abs`,
    );
  }
  const sign = mode === "min" ? -1 : 1;
  const better = (value: number, best: number): boolean => {
    const least = thresholdMode === "rel" ? best * (1 + sign * threshold) : best + sign * threshold;
    return sign * (value - least) > 0;
  };
  return (_t, _total, history = []) => {
    let [rate, best, bad, rest] = [1, -sign * Number.POSITIVE_INFINITY, 0, 0];
    for (const value of history) {
      const improved = better(value, best);
      if (improved) best = value;
      bad = improved || rest > 0 ? 0 : bad + 1;
      if (rest > 0) rest--;
      if (bad <= patience) continue;
      const next = Math.max(rate * factor, min);
      if (rate - next > eps) rate = next;
      [rest, bad] = [cooldown, 0];
    }
    return rate;
  };
}

export const reduceOnPlateauKind = {
  settings: "mode factor patience threshold thresholdMode cooldown min eps",
  make: reduceOnPlateau,
};

/** Falls, stays for a while, gets worse, falls again, and rises towards the end. */
const watched = [
  1, 0.8, 0.7, 0.7, 0.69999, 0.75, 0.8, 0.7, 0.65, 0.66, 0.67, 0.66, 0.64999, 0.66, 0.3, 0.31, 0.32,
  0.29999, 0.3, 0.35, 0.36, 0.4, 0.38, 0.5, 0.6,
];

export const reduceOnPlateauSpec: ScheduleSpec = {
  name: "reduceOnPlateau",
  formula: "factor^(times that more than `patience` epochs in a row brought nothing better)",
  shapes: "step, values of past epochs → factor",
  source: "Krizhevsky, Sutskever and Hinton 2012, NIPS 25, section 5; rules: PyTorch",
  torch: "lr_scheduler.ReduceLROnPlateau",
  // biome-ignore format: one case a line
  samples: [
    { name: "patience", schedule: /* @__PURE__ */ reduceOnPlateau({ patience: 2 }), history: watched, torch: "sched.ReduceLROnPlateau(o, patience=2)" },
    { name: "cooldown", schedule: /* @__PURE__ */ reduceOnPlateau({ patience: 1, factor: 0.5, cooldown: 2, threshold: 0.05 }), history: watched, torch: "sched.ReduceLROnPlateau(o, patience=1, factor=0.5, cooldown=2, threshold=0.05)" },
    { name: "absolute", schedule: /* @__PURE__ */ reduceOnPlateau({ patience: 0, factor: 0.3, threshold: 0.02, thresholdMode: "abs", min: 0.01 }), history: watched, torch: "sched.ReduceLROnPlateau(o, patience=0, factor=0.3, threshold=0.02, threshold_mode='abs', min_lr=0.01)" },
    { name: "accuracy", schedule: /* @__PURE__ */ reduceOnPlateau({ mode: "max", patience: 3, factor: 0.5, threshold: 0.1 }), history: watched, torch: "sched.ReduceLROnPlateau(o, mode='max', patience=3, factor=0.5, threshold=0.1)" },
    { name: "accuracy, absolute", schedule: /* @__PURE__ */ reduceOnPlateau({ mode: "max", patience: 1, factor: 0.5, thresholdMode: "abs", eps: 0.1 }), history: watched, torch: "sched.ReduceLROnPlateau(o, mode='max', patience=1, factor=0.5, threshold_mode='abs', eps=0.1)" },
  ],
};
