/** The part of a training that is the same whatever the task is: the device, the checkpoint to go on from, the loop, and what came of it. */
import type { AnyModule } from "../nn/module.ts";
import { namedStates } from "../nn/parameters.ts";
import { type Device, defaultDevice, openDevice } from "../tensor/index.ts";
import type { BegunRun, Checkpoint } from "./checkpoint.ts";
import type { TrainConfig } from "./config.ts";
import { EpochProgram } from "./epoch-program.ts";
import type { TrainCallbacks, TrainOptions } from "./options.ts";
import type { SizeAt } from "./progressive-size.ts";
import type { RunResult } from "./run.ts";
import type { Settled } from "./settle.ts";
import type { Task, TaskBatch, TaskData } from "./tasks/task.ts";
import { Trainer } from "./trainer.ts";

export interface TrainTaskOptions<D extends TaskData, B extends TaskBatch> {
  readonly task: Task<D, B>;
  /** Its parameters are in being. */
  readonly net: AnyModule;
  readonly settled: Settled;
  readonly config: TrainConfig;
  readonly train: D;
  readonly validation: D | undefined;
  readonly test: D;
  /** The bytes of model.safetensors, with the weights of now. */
  readonly encode: () => Uint8Array;
  readonly sizeAt?: SizeAt;
  /** When `minutes` began. */
  readonly begun: number;
  /** Of the run to go on with. */
  readonly checkpoint: Checkpoint | undefined;
  readonly callbacks: readonly TrainCallbacks[];
}

export const callbacksOf = ({
  callbacks = [],
  onProgress,
}: Pick<TrainOptions, "callbacks" | "onProgress">): readonly TrainCallbacks[] =>
  onProgress ? [...callbacks, { onProgress }] : callbacks;

/** What the store has of a run that is to go on. */
export async function begunRunOf({
  store,
  resume = false,
}: Pick<TrainOptions, "store" | "resume">): Promise<Partial<BegunRun>> {
  if (!store) return {};
  // Loaded for a fresh run, too, and before the training: a page may be offline by the time it saves.
  const { begunRun } = await import("./checkpoint.ts");
  return (resume && (await begunRun(store))) || {};
}

/** Trains, or goes on training, until all is done or `signal` ends it. */
export async function trainTask<D extends TaskData, B extends TaskBatch>(
  options: Omit<TrainOptions, "data">,
  given: TrainTaskOptions<D, B>,
): Promise<{ readonly device: Device; readonly result: RunResult }> {
  const { task, net, settled, config, train, validation, test, checkpoint, callbacks } = given;
  const { store, backend, threads } = options;
  if (checkpoint) {
    const { refuseChange } = await import("./checkpoint.ts");
    refuseChange(checkpoint.config, config);
  }
  const shared = backend === undefined && threads === undefined;
  const device =
    options.device ?? (await (shared ? defaultDevice() : openDevice({ backend, threads })));
  const text = `${JSON.stringify(config, null, 2)}\n`;
  const average =
    settled.ema === undefined
      ? undefined
      : (await import("../optim/ema.ts")).emaOf(namedStates(net), {
          decay: settled.ema,
          warmup: true,
        });
  const { freeze = [], unfreezeAt = [], swa: phase } = settled.extras;
  const freezing =
    freeze.length === 0
      ? undefined
      : new (await import("./freezing.ts")).Freezing(net, { freeze, unfreezeAt });
  const swa = phase && new (await import("./swa-phase.ts")).SwaPhase(net, device, phase);
  const program = new EpochProgram({
    ...{ task, net, settled, average, device, train, freezing, sizeAt: given.sizeAt },
  });
  const { batches } = await program.at(0, settled.epochs);
  const { batchesPerEpoch } = batches;
  const trainer = new Trainer({
    ...{ task, net, encode: given.encode, settled, average, swa, device, store, callbacks },
    ...{ program, batchesPerEpoch, train, validation, test, begun: given.begun },
    config: text,
    source: options.source ?? checkpoint?.source,
    signal: options.signal,
  });
  const { position } = trainer;
  let alreadyFinished = false;
  try {
    if (batches.note) for (const { onNote } of callbacks) onNote?.(batches.note);
    if (checkpoint) await trainer.resume(checkpoint);
    else await store?.write("config.json", text);
    alreadyFinished = position.test !== undefined;
    if (!alreadyFinished) {
      const start = {
        ...{ net, config, device, resumedAt: checkpoint && position.step },
        ...{ trainLength: train.length, validationLength: validation?.length ?? 0 },
        testLength: test.length,
      };
      for (const { onStart } of callbacks) onStart?.(start);
      await trainer.run();
    }
  } finally {
    trainer.dispose();
  }
  const { images, seconds, interrupted } = trainer;
  const result = {
    ...{ config, history: position.history, test: position.test, interrupted, alreadyFinished },
    stoppedEarly: position.stopped,
    imagesPerSecond: seconds > 0 ? images / seconds : 0,
    seconds,
  };
  return { device, result };
}
