/**
 * The words that stand for schedules, on the command line and in options, and what they become. Settings are those of the
 * schedule's function, as plain data: `config.json` keeps them. A schedule's code is loaded when it is made.
 */

import { checkedSettings, findName } from "../nn/named-settings.ts";
import type { CosineOptions } from "../optim/schedule/cosine.ts";
import type { CosineRestartsOptions } from "../optim/schedule/cosine-restarts.ts";
import type { CyclicOptions } from "../optim/schedule/cyclic.ts";
import type { ExponentialOptions } from "../optim/schedule/exponential.ts";
import type { InverseSqrtOptions } from "../optim/schedule/inverse-sqrt.ts";
import type { LinearOptions } from "../optim/schedule/linear.ts";
import type { MultiStepOptions } from "../optim/schedule/multi-step.ts";
import type { OneCycleOptions } from "../optim/schedule/one-cycle.ts";
import type { PolynomialOptions } from "../optim/schedule/polynomial.ts";
import type { ReduceOnPlateauOptions } from "../optim/schedule/reduce-on-plateau.ts";
import type { Schedule } from "../optim/schedule/schedule.ts";
import type { StepOptions } from "../optim/schedule/step.ts";

const kinds = {
  constant: async () => (await import("../optim/schedule/constant.ts")).constantKind,
  linear: async () => (await import("../optim/schedule/linear.ts")).linearKind,
  polynomial: async () => (await import("../optim/schedule/polynomial.ts")).polynomialKind,
  exponential: async () => (await import("../optim/schedule/exponential.ts")).exponentialKind,
  step: async () => (await import("../optim/schedule/step.ts")).stepKind,
  "multi-step": async () => (await import("../optim/schedule/multi-step.ts")).multiStepKind,
  cosine: async () => (await import("../optim/schedule/cosine.ts")).cosineKind,
  "cosine-restarts": async () =>
    (await import("../optim/schedule/cosine-restarts.ts")).cosineRestartsKind,
  "one-cycle": async () => (await import("../optim/schedule/one-cycle.ts")).oneCycleKind,
  cyclic: async () => (await import("../optim/schedule/cyclic.ts")).cyclicKind,
  "inverse-sqrt": async () => (await import("../optim/schedule/inverse-sqrt.ts")).inverseSqrtKind,
  "reduce-on-plateau": async () =>
    (await import("../optim/schedule/reduce-on-plateau.ts")).reduceOnPlateauKind,
} as const;

export type ScheduleName = keyof typeof kinds;

/** Every word that stands for a schedule. */
export const scheduleNames = Object.freeze(Object.keys(kinds) as ScheduleName[]);

type Named<N extends ScheduleName, O = object> = { readonly name: N } & O;

export type ScheduleSettings =
  | Named<"constant">
  | Named<"linear", LinearOptions>
  | Named<"polynomial", PolynomialOptions>
  | Named<"exponential", ExponentialOptions>
  | Named<"step", StepOptions>
  | Named<"multi-step", MultiStepOptions>
  | Named<"cosine", CosineOptions>
  | Named<"cosine-restarts", CosineRestartsOptions>
  | Named<"one-cycle", OneCycleOptions>
  | Named<"cyclic", CyclicOptions>
  | Named<"inverse-sqrt", InverseSqrtOptions>
  | Named<"reduce-on-plateau", ReduceOnPlateauOptions>;

/** `oneCycle`, `onecycle` and `one-cycle` are one. */
export const parseScheduleName = (text: string): ScheduleName =>
  findName("schedule", text, scheduleNames);

/** `warmup` counts steps, or is a share of all steps when below 1. */
export async function makeSchedule(
  schedule: ScheduleName | ScheduleSettings | Schedule,
  warmup = 0,
): Promise<Schedule> {
  const main =
    typeof schedule === "function"
      ? schedule
      : await made(typeof schedule === "string" ? { name: schedule } : schedule);
  if (warmup === 0) return main;
  return (await import("../optim/schedule/warmup.ts")).warmup({ steps: warmup }, main);
}

async function made({ name, ...settings }: { readonly name: string }): Promise<Schedule> {
  const { settings: known, make } = await kinds[parseScheduleName(name)]();
  return make(checkedSettings("schedule", name, known, settings));
}
