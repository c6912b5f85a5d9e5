/**
 * The words that stand for optimisers, schedules and gradient limits, on the command line and in options, and
 * what they become. A settings record is plain data: `config.json` keeps it.
 */
import { ConvkitError } from "../core/error.ts";
import { nearestName } from "../nn/index.ts";
import {
  adadelta,
  adam,
  adamW,
  type Optimizer,
  rmsprop,
  type Schedule,
  schedule as schedules,
  sgd,
} from "../optim/index.ts";

export interface OptimizerSettings {
  readonly name: OptimizerName;
  /** The optimiser's own default when left out. */
  readonly lr?: number;
  readonly weightDecay?: number;
  /** Of SGD and RMSProp. */
  readonly momentum?: number;
  /** Of SGD. */
  readonly nesterov?: boolean;
  /** Of Adadelta. */
  readonly rho?: number;
}

const makers = {
  sgd,
  adam,
  adamw: adamW,
  adadelta,
  rmsprop,
} as const;

export type OptimizerName = keyof typeof makers;
export const optimizerNames = Object.freeze(Object.keys(makers) as OptimizerName[]);

/** Which settings beside lr and weightDecay an optimiser knows. */
const known: Readonly<Record<OptimizerName, readonly string[]>> = {
  sgd: ["momentum", "nesterov"],
  adam: [],
  adamw: [],
  adadelta: ["rho"],
  rmsprop: ["momentum"],
};

/** `AdamW`, `adamW` and `adamw` are one. */
export function parseOptimizerName(text: string): OptimizerName {
  const name = text.toLowerCase();
  if (Object.hasOwn(makers, name)) return name as OptimizerName;
  throw unknown("optimizer", text, optimizerNames);
}

export function makeOptimizer({ name, ...settings }: OptimizerSettings): Optimizer {
  const given = Object.entries(settings).filter(([, value]) => value !== undefined);
  const foreign = given.find(
    ([key]) => !["lr", "weightDecay", ...known[parseOptimizerName(name)]].includes(key),
  );
  if (foreign) {
    throw new ConvkitError(
      "optimizer",
      `${name} has no ${foreign[0]} — leave it out, or choose an optimiser that has`,
    );
  }
  return makers[parseOptimizerName(name)](Object.fromEntries(given));
}

const scheduleMakers = {
  constant: () => schedules.constant(),
  cosine: () => schedules.cosine(),
  "one-cycle": () => schedules.oneCycle(),
  /** A tenth at half of the run, a hundredth at three quarters (He et al. 2015, section 4.2). */
  step: (): Schedule => (t, total) => (t < total / 2 ? 1 : t < (3 * total) / 4 ? 0.1 : 0.01),
} as const;

export type ScheduleName = keyof typeof scheduleMakers;
export const scheduleNames = Object.freeze(Object.keys(scheduleMakers) as ScheduleName[]);

export function parseScheduleName(text: string): ScheduleName {
  const name = text.toLowerCase().replace(/^onecycle$/, "one-cycle");
  if (Object.hasOwn(scheduleMakers, name)) return name as ScheduleName;
  throw unknown("schedule", text, scheduleNames);
}

/** `warmup` counts steps, or is a share of all steps when below 1. */
export function makeSchedule(schedule: ScheduleName | Schedule, warmup = 0): Schedule {
  if (!(warmup >= 0)) {
    throw new ConvkitError("schedule", `a warm-up of ${warmup} — give steps, or a share below 1`);
  }
  const main =
    typeof schedule === "function" ? schedule : scheduleMakers[parseScheduleName(schedule)]();
  return warmup > 0 ? schedules.warmup({ steps: warmup }, main) : main;
}

function unknown(what: string, text: string, names: readonly string[]): ConvkitError {
  const near = nearestName(text, names);
  return new ConvkitError(
    what,
    `there is no ${what} "${text}" — ${near ? `did you mean ${near}? ` : ""}there are ${names.join(", ")}`,
  );
}
