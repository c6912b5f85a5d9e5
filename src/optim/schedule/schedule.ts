import { ConvkitError } from "../../core/error.ts";

/**
 * A learning-rate schedule: a pure function of the step (from 0), of how many there will be, and of what the watched value
 * (the loss of the validation) was after each epoch so far, that gives what the base learning rate is multiplied by.
 * Resuming needs no state.
 */
export type Schedule = (step: number, totalSteps: number, history?: readonly number[]) => number;

/** A number of steps; below 1 it is a share of all steps. */
export const stepsOf = (given: number, total: number): number =>
  given < 1 ? given * total : given;

/** Refuses settings that are no numbers, or below 0. Those that are left out have defaults. */
export function atLeastZero(where: string, settings: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(settings)) {
    if (value === undefined || (Number.isFinite(value) && (value as number) >= 0)) continue;
    throw new ConvkitError(where, `${name} is ${value} — give a number, 0 or more`);
  }
}
