/**
 * How many steps fit into a time: a few are made and timed, at each size of the pictures, which changes nothing; so are validations
 * and the test. The number is settled once, before the first step, so that the schedule is whole and a resumed run goes on with it.
 */
import type { Parameter } from "../tensor/index.ts";
import type { EpochProgram } from "./epoch-program.ts";
import { keepStates } from "./kept-states.ts";
import type { TrainStep } from "./step.ts";
import type { Batches, TaskBatch, TaskData } from "./tasks/task.ts";

/** Of the time, for moments slower than those that were timed. */
const RESERVE = 0.02;

/** Of the time, for timing steps. */
const TIMING = 0.02;

/** So many epochs have all sizes. */
const MANY = 64;

export interface TimeBudget<D extends TaskData, B extends TaskBatch> {
  /** Left for everything from now on. */
  readonly seconds: number;
  readonly program: Pick<EpochProgram<D, B>, "at" | "sizeKey">;
  readonly batchesPerEpoch: number;
  /** Whatever a step changes. */
  readonly states: () => readonly Parameter[];
  /** Seconds of the validation after each epoch, and of the test. */
  readonly validation: () => Promise<number>;
  readonly test: () => Promise<number>;
}

/** At least one step. */
export async function stepsWithin<D extends TaskData, B extends TaskBatch>(
  budget: TimeBudget<D, B>,
): Promise<number> {
  const begun = performance.now();
  const { program, batchesPerEpoch } = budget;
  const perStep = await timeSizes(budget);
  const [validation, test] = [await budget.validation(), await budget.test()];
  const secondsOf = (steps: number): number => {
    const epochs = Math.ceil(steps / batchesPerEpoch);
    let sum = epochs * validation + test;
    for (let epoch = 0, rest = steps; rest > 0; epoch++, rest -= batchesPerEpoch) {
      const each = perStep.get(program.sizeKey(epoch, epochs)) as number;
      sum += Math.min(rest, batchesPerEpoch) * each;
    }
    return sum;
  };
  const left = budget.seconds * (1 - RESERVE) - (performance.now() - begun) / 1000;
  let [fits, tooMany] = [1, 2];
  while (secondsOf(tooMany) <= left) [fits, tooMany] = [tooMany, 2 * tooMany];
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2);
    if (secondsOf(middle) <= left) fits = middle;
    else tooMany = middle;
  }
  return fits;
}

/** Seconds of a step by the size of the pictures. That of the first epoch comes last, so that its program is there for it. */
async function timeSizes<D extends TaskData, B extends TaskBatch>({
  seconds,
  program,
  states,
}: TimeBudget<D, B>): Promise<ReadonlyMap<string, number>> {
  const epochs = new Map<string, number>();
  for (let epoch = 0; epoch < MANY; epoch++) epochs.set(program.sizeKey(epoch, MANY), epoch);
  const times = new Map<string, number>();
  for (const [size, epoch] of [...epochs].reverse()) {
    const { step, batches } = await program.at(epoch, MANY);
    await step.prepare(step.inputs(0, await batches.batch(0, 0)));
    const restore = keepStates(states());
    const enough = Math.min(5, (seconds * TIMING) / epochs.size) * 1000;
    times.set(size, await timeSteps(step, batches, enough).finally(restore));
  }
  return times;
}

/** Of so many milliseconds of steps, and four at least, the seconds of each; the first half warms up. */
async function timeSteps<B extends TaskBatch>(
  step: TrainStep<B>,
  batches: Batches<B>,
  enough: number,
): Promise<number> {
  const begun = performance.now();
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
