/**
 * A learning-rate schedule: a pure function of the step (from 0) and of how many there will be, that gives
 * what the base learning rate is multiplied by. Resuming needs no state.
 */
export type Schedule = (step: number, totalSteps: number) => number;
