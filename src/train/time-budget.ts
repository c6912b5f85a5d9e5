/**
 * How many steps fit into a time: a few are made and timed, which changes nothing, and validations and the test are reckoned in.
 * The number is settled once, before the first step, so that the schedule is whole and a resumed run goes on with it.
 */
import type { Parameter } from "../tensor/index.ts";
import { keepStates } from "./kept-states.ts";
import type { TrainStep } from "./step.ts";
import type { Batches, TaskBatch } from "./tasks/task.ts";

/** Of the time of a training step, by which a picture is evaluated: forward alone, where a step goes back twice as well. */
const EVALUATION = 0.4;

export interface TimeBudget<B extends TaskBatch> {
  /** Left for everything from now on. */
  readonly seconds: number;
  readonly step: TrainStep<B>;
  readonly batches: Batches<B>;
  /** Whatever a step changes. */
  readonly states: () => readonly Parameter[];
  /** Examples of each validation, and forward passes of the test. */
  readonly validation: number;
  readonly test: number;
}

/** At least one step. */
export async function stepsWithin<B extends TaskBatch>(budget: TimeBudget<B>): Promise<number> {
  const begun = performance.now();
  const { step, batches } = budget;
  await step.prepare(step.inputs(0, await batches.batch(0, 0)));
  const restore = keepStates(budget.states());
  const timed = await timeSteps(budget).finally(restore);
  const left = budget.seconds - (performance.now() - begun) / 1000;
  const evaluated = EVALUATION * timed.secondsPerExample;
  const each = timed.secondsPerStep + (evaluated * budget.validation) / batches.batchesPerEpoch;
  return Math.max(1, Math.floor((left - evaluated * budget.test) / each));
}

/** For a fiftieth of the time, up to 5 s, and four steps at least; the first half warms up. */
async function timeSteps<B extends TaskBatch>({ seconds, step, batches }: TimeBudget<B>) {
  const begun = performance.now();
  const enough = Math.min(5, seconds / 50) * 1000;
  const times: number[] = [];
  const sizes: number[] = [];
  for (let epoch = 0; ; epoch++) {
    let last = performance.now();
    for await (const batch of batches.batches(epoch)) {
      await step.run(step.inputs(times.length, batch));
      const now = performance.now();
      times.push((now - last) / 1000);
      sizes.push(batch.n);
      last = now;
      if (times.length < 4 || now - begun < enough) continue;
      const warm = times.length >> 1;
      const total = times.slice(warm).reduce((a, b) => a + b, 0);
      const examples = sizes.slice(warm).reduce((a, b) => a + b, 0);
      return {
        secondsPerStep: total / (times.length - warm),
        secondsPerExample: total / examples,
      };
    }
  }
}
