/**
 * Which learning rate to train with: a range test (Smith 2015, arXiv:1506.01186, section 3.3). The rate rises
 * exponentially from step to step while the loss is watched,
 *
 *     lr_k = start·(end/start)^(k/(K − 1));   s ← β·s + (1 − β)·loss,  smoothed = s/(1 − βᵏ⁺¹)
 *
 * until the smoothed loss is more than 4 times its least. Weights, statistics and the optimiser's states are put back.
 */
import { ConvkitError } from "../core/error.ts";
import { isSegmented, preprocessingOf } from "../data/index.ts";
import { initialize } from "../nn/initialize.ts";
import type { Module } from "../nn/module.ts";
import { namedStates } from "../nn/parameters.ts";
import { defaultDevice, type Parameter } from "../tensor/index.ts";
import { dataOf } from "./data-parts.ts";
import { keepStates } from "./kept-states.ts";
import { type LrSuggestions, suggestRates } from "./lr-suggestions.ts";
import { makeNetwork, type NamedNetwork } from "./made-network.ts";
import type { TrainOptions } from "./options.ts";
import { pictureTask } from "./picture-task.ts";
import { settle } from "./settle.ts";
import { type StepOutcome, TrainStep } from "./step.ts";
import type { ClassificationBatch } from "./tasks/changed-batches.ts";

export interface LrFindOptions
  extends Pick<
    TrainOptions,
    | "data"
    | "batch"
    | "optimizer"
    | "seed"
    | "augmentation"
    | "clip"
    | "classWeights"
    | "labelSmoothing"
    | "loss"
    | "device"
    | "signal"
  > {
  /** First and last learning rate; 10⁻⁷ and 10. */
  readonly start?: number;
  readonly end?: number;
  /** From the one to the other, if the loss allows; 100. */
  readonly steps?: number;
  /** β above; 0.98. */
  readonly smoothing?: number;
  readonly onProgress?: (done: number, steps: number) => void;
}

export interface LrFinding extends LrSuggestions {
  /** Of each step that was made. */
  readonly rates: readonly number[];
  readonly losses: readonly number[];
  readonly smoothed: readonly number[];
  /** Whether the loss ended the search before the last rate. */
  readonly diverged: boolean;
}

/** Times the least smoothed loss. */
const DIVERGED = 4;

/**
 * Trains on ever larger learning rates and leaves network and optimiser as they were. Throws for rates that do not rise.
 */
export async function lrFind(
  model: Module | NamedNetwork | string,
  options: LrFindOptions,
): Promise<LrFinding> {
  const { start = 1e-7, end = 10, steps = 100, smoothing = 0.98, signal, onProgress } = options;
  if (!(start > 0 && end > start)) {
    throw new ConvkitError("lrFind", `from ${start} to ${end} — give rates that rise, above 0`);
  }
  if (!(Number.isSafeInteger(steps) && steps >= 10)) {
    throw new ConvkitError("lrFind", `${steps} steps — give a whole number from 10`);
  }
  if (!(smoothing >= 0 && smoothing < 1)) {
    throw new ConvkitError("lrFind", `smoothing is ${smoothing}, expected 0 to below 1`);
  }
  const sweep = await prepare(model, options);
  const [rates, losses, smoothed]: number[][] = [[], [], []];
  let [average, least, diverged] = [0, Number.POSITIVE_INFINITY, false];
  try {
    for await (const batch of sweep.batches()) {
      const k = rates.length;
      const rate = start * (end / start) ** (k / (steps - 1));
      const { loss, finite } = await sweep.take(batch, k, rate);
      if (!finite) {
        diverged = true;
        break;
      }
      average = smoothing * average + (1 - smoothing) * loss;
      const value = average / (1 - smoothing ** (k + 1));
      rates.push(rate);
      losses.push(loss);
      smoothed.push(value);
      least = Math.min(least, value);
      onProgress?.(k + 1, steps);
      diverged = value > DIVERGED * least;
      if (diverged || k + 1 === steps || signal?.aborted) break;
    }
  } finally {
    sweep.restore();
  }
  return { rates, losses, smoothed, diverged, ...suggestRates(rates, smoothed, steps) };
}

interface Sweep {
  /** Over and over through the data. */
  batches(): AsyncGenerator<ClassificationBatch>;
  take(batch: ClassificationBatch, k: number, rate: number): Promise<StepOutcome>;
  /** Everything as it was, and the program freed. */
  restore(): void;
}

async function prepare(
  model: Module | NamedNetwork | string,
  options: LrFindOptions,
): Promise<Sweep> {
  const { train } = await dataOf(options);
  const made = await makeNetwork(model, train);
  const { net, name, loss: ownLoss } = made;
  if (namedStates(net).length === 0) initialize(net, train.shape, { seed: options.seed });
  const kind = isSegmented(train) ? "segmentation" : undefined;
  const settled = await settle(
    { ...options, schedule: "constant" },
    { name, loss: ownLoss, channels: train.shape[0], net, task: kind },
  );
  const { optimizer, seed, clip } = settled;
  const { classWeights: weights } = options;
  const classWeights =
    weights && (await (await import("./class-weights.ts")).classWeightsOf(weights, train));
  const preprocessing = made.preprocessing ?? (await preprocessingOf(train));
  const { batch } = settled;
  const card = { classes: train.classes, preprocessing, task: kind } as const;
  const task = await pictureTask(net, card, settled, classWeights);
  const source = await task.open(train, { batch, seed, training: true });
  const step = new TrainStep({
    ...{ task, net, optimizer, seed, clip },
    capacity: Math.min(batch, train.length),
    device: options.device ?? (await defaultDevice()),
  });
  await step.prepare(step.inputs(0, await source.batch(0, 0)));
  const states: Parameter[] = [
    ...namedStates(net).map(([, { parameter }]) => parameter),
    ...optimizer.state(),
  ];
  const putBack = keepStates(states);
  return {
    async *batches() {
      for (let epoch = 0; ; epoch++) yield* source.batches(epoch);
    },
    take(batch, k, rate) {
      optimizer.setLearningRate(rate);
      return step.run(step.inputs(k, batch));
    },
    restore() {
      step.dispose();
      source.dispose();
      putBack();
    },
  };
}
