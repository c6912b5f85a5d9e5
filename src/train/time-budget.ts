/**
 * How many steps fit into a time: a few are made and timed, which changes nothing; so are validations and the test.
 * The number is settled once, before the first step, so that the schedule is whole and a resumed run goes on with it.
 */
import type { Parameter } from "../tensor/index.ts";
import { keepStates } from "./kept-states.ts";
import type { TrainStep } from "./step.ts";
import type { Batches, TaskBatch } from "./tasks/task.ts";

/** Of the time, for moments slower than those that were timed. */
const RESERVE = 0.02;

export interface TimeBudget<B extends TaskBatch> {
  /** Left for everything from now on. */
  readonly seconds: number;
  readonly step: TrainStep<B>;
  readonly batches: Batches<B>;
  /** Whatever a step changes. */
  readonly states: () => readonly Parameter[];
  /** Seconds of the validation after each epoch, and of the test. */
  readonly validation: () => Promise<number>;
  readonly test: () => Promise<number>;
}

/** At least one step. */
export async function stepsWithin<B extends TaskBatch>(budget: TimeBudget<B>): Promise<number> {
  const begun = performance.now();
  const { step, batches } = budget;
  await step.prepare(step.inputs(0, await batches.batch(0, 0)));
  const restore = keepStates(budget.states());
  const secondsPerStep = await timeSteps(budget).finally(restore);
  const [validation, test] = [await budget.validation(), await budget.test()];
  const left = budget.seconds * (1 - RESERVE) - (performance.now() - begun) / 1000 - test;
  return Math.max(1, Math.floor(left / (secondsPerStep + validation / batches.batchesPerEpoch)));
}

/** For a fiftieth of the time, up to 5 s, and four steps at least; the first half warms up. */
async function timeSteps<B extends TaskBatch>({ seconds, step, batches }: TimeBudget<B>) {
  const begun = performance.now();
  const enough = Math.min(5, seconds / 50) * 1000;
  const times: number[] = [];
  for (let epoch = 0; ; epoch++) {
    let last = performance.now();
    for await (const batch of batches.batches(epoch)) {
      await step.run(step.inputs(times.length, batch));
      const now = performance.now();
      times.push((now - last) / 1000);
      last = now;
      if (times.length < 4 || now - begun < enough) continue;
      const warm = times.length >> 1;
      return times.slice(warm).reduce((a, b) => a + b, 0) / (times.length - warm);
    }
  }
}
