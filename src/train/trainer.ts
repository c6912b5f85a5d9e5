/**
 * The loop of a training: epochs of steps, validation, checkpoints, early stopping, and the test at the very end.
 * Where it stands is a `Position`; everything random is a function of seed and position, so a run that was
 * killed and resumed ends in the same bits.
 */
import type { AnyModule } from "../nn/module.ts";
import { namedStates } from "../nn/parameters.ts";
import type { WeightAverage } from "../optim/weight-average.ts";
import type { Device } from "../tensor/index.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { EpochProgram } from "./epoch-program.ts";
import { type Evaluation, Evaluator } from "./evaluation.ts";
import type { EpochTiming, TrainCallbacks } from "./options.ts";
import { beginning, type Position } from "./position.ts";
import { type EpochRecord, formatMetrics, isBetter } from "./records.ts";
import type { RunStore } from "./run-store.ts";
import type { Settled } from "./settle.ts";
import type { StepOutcome, TrainStep } from "./step.ts";
import type { SwaPhase } from "./swa-phase.ts";
import type { Task, TaskBatch, TaskData } from "./tasks/task.ts";

export interface TrainerOptions<D extends TaskData, B extends TaskBatch> {
  readonly task: Task<D, B>;
  readonly net: AnyModule;
  /** The bytes of model.safetensors, with the weights of now. */
  readonly encode: () => Uint8Array;
  readonly settled: Settled;
  /** Of the weights: what is validated, tested, saved and left behind in their place. */
  readonly average: WeightAverage | undefined;
  /** Of the weights at the ends of the last epochs: what is tested, saved at the end and left behind. */
  readonly swa: SwaPhase | undefined;
  readonly config: string;
  readonly source: string | undefined;
  readonly train: D;
  /** Of `train`; disposed of with the trainer. */
  readonly program: EpochProgram<D, B>;
  readonly batchesPerEpoch: number;
  readonly validation: D | undefined;
  readonly test: D;
  readonly device: Device;
  readonly store: RunStore | undefined;
  readonly signal: AbortSignal | undefined;
  readonly callbacks: readonly TrainCallbacks[];
  /** When `minutes` began. */
  readonly begun: number;
}

export class Trainer<D extends TaskData, B extends TaskBatch> {
  readonly position: Position = beginning();
  /** Pictures trained on and the seconds it took, by this process. */
  images = 0;
  seconds = 0;
  readonly #options: TrainerOptions<D, B>;
  readonly #evaluator: Evaluator<D, B>;
  /** For the test, where that looks at several views. */
  readonly #tester: Evaluator<D, B>;
  #saved = performance.now();
  #savedStep = 0;

  constructor(options: TrainerOptions<D, B>) {
    const { task, settled, device } = options;
    const { tta } = settled.extras;
    this.#options = options;
    const batch = Math.min(settled.batch, 256);
    this.#evaluator = new Evaluator(task, { device, batch });
    this.#tester = tta ? new Evaluator(task, { device, batch, tta }) : this.#evaluator;
  }

  get interrupted(): boolean {
    return this.#options.signal?.aborted === true && this.position.test === undefined;
  }

  /** Steps in all, and the epochs that they take, of which the last may be a part. */
  get #total(): number {
    const { settled, batchesPerEpoch } = this.#options;
    return this.position.total ?? settled.epochs * batchesPerEpoch;
  }

  get #epochs(): number {
    return Math.ceil(this.#total / this.#options.batchesPerEpoch);
  }

  /** What takes the place of the weights in the end. */
  get #final(): WeightAverage | undefined {
    const { average, swa } = this.#options;
    return swa && swa.average.updates > 0 ? swa.average : average;
  }

  /** Takes up the run where the checkpoint left it. */
  async resume(checkpoint: Checkpoint): Promise<void> {
    const { net, settled, average, swa, program } = this.#options;
    Object.assign(this.position, checkpoint.position);
    // States are written on the device, which may keep more digits than the host's f32.
    const { step, batches } = await program.at(this.position.epoch, this.#epochs);
    await step.prepare(step.inputs(0, await batches.batch(0, 0)));
    await swa?.prepare();
    const { restore } = await import("./checkpoint.ts");
    restore(checkpoint, net, settled.optimizer, average ?? swa?.average);
    if (this.position.test) this.#final?.copyToNetwork();
    this.#savedStep = this.position.step;
  }

  async run(): Promise<void> {
    const { settled, store, test, encode } = this.#options;
    const { position } = this;
    if (settled.extras.minutes !== undefined) position.total ??= await this.#fitToTime();
    while (position.epoch < this.#epochs && !position.stopped) {
      const timing = await this.#epoch();
      if (this.interrupted) {
        await this.#checkpoint();
        return;
      }
      await this.#endEpoch(timing);
      if (this.interrupted) return;
    }
    if (position.test) return;
    const final = this.#final;
    position.test = await withAverage(final, async () => {
      if (this.#options.swa?.average === final) await this.#renewStatistics();
      return this.#evaluate("test", this.#tester, test);
    });
    await store?.write("metrics.jsonl", formatMetrics(position.history, position.test));
    if (this.#options.swa) {
      await store?.write("model.safetensors", await withAverage(final, encode));
    }
    await this.#checkpoint(true);
    final?.copyToNetwork();
  }

  async #fitToTime(): Promise<number> {
    const { net, settled, average, program, batchesPerEpoch } = this.#options;
    const { validation, test, begun } = this.#options;
    const { minutes = 0 } = settled.extras;
    const { stepsWithin } = await import("./time-budget.ts");
    return stepsWithin({
      ...{ program, batchesPerEpoch },
      seconds: minutes * 60 - (performance.now() - begun) / 1000,
      states: () => [
        ...namedStates(net).map(([, { parameter }]) => parameter),
        ...settled.optimizer.state(),
        ...(average?.state() ?? []),
      ],
      validation: async () => (validation ? this.#evaluator.secondsFor(validation) : 0),
      test: () => this.#tester.secondsFor(test),
    });
  }

  async #renewStatistics(): Promise<void> {
    const { task, swa, settled, program } = this.#options;
    const { batches } = await program.at(this.#epochs, this.#epochs);
    const pictures = async function* () {
      for await (const batch of batches.batches(0)) yield task.inputs(batch)[0];
    };
    await swa?.renewStatistics(pictures(), settled.seed);
  }

  #evaluate(phase: "validate" | "test", evaluator: Evaluator<D, B>, data: D): Promise<Evaluation> {
    return evaluator.evaluate(data, (done, total) => this.#progress(phase, done, total));
  }

  dispose(): void {
    this.#options.program.dispose();
    this.#options.swa?.dispose();
    this.#evaluator.dispose();
    this.#tester.dispose();
  }

  /** The rest of the epoch in progress. */
  async #epoch(): Promise<EpochTiming> {
    const { position } = this;
    const { settled, program } = this.#options;
    const { step, batches } = await program.at(position.epoch, this.#epochs);
    const total = this.#total;
    const begun = { seconds: this.seconds, images: this.images };
    let last = performance.now();
    for await (const batch of batches.batches(position.epoch, position.batch)) {
      if (position.step >= total) break;
      settled.optimizer.setLearningRate(this.#rate(position.step));
      const outcome = await this.#take(step, batch);
      position.sums.loss += outcome.loss * batch.n;
      position.sums.correct += outcome.correct;
      position.sums.seen += batch.n;
      position.batch++;
      position.step++;
      this.images += batch.n;
      const now = performance.now();
      this.seconds += (now - last) / 1000;
      this.#progress("train", position.sums.seen, this.#options.train.length, {
        images: this.images - begun.images,
        seconds: this.seconds - begun.seconds,
      });
      if (this.#options.signal?.aborted) break;
      if (now - this.#saved >= settled.checkpointSeconds * 1000) await this.#checkpoint();
      // Saving is not training.
      last = performance.now();
    }
    const seconds = this.seconds - begun.seconds;
    const images = this.images - begun.images;
    return { seconds, imagesPerSecond: images > 0 ? images / seconds : 0 };
  }

  /** Schedules count steps of the optimiser, of which one takes several batches when gradients are gathered. */
  #rate(batch: number): number {
    const { settled, swa } = this.#options;
    const { optimizer, schedule, accumulate } = settled;
    const { epoch, history } = this.position;
    if (swa?.lr !== undefined && swa.includes(epoch + 1, this.#epochs)) return swa.lr;
    const watched = history.map(({ loss, valLoss }) => valLoss ?? loss);
    const [at, steps] = [Math.floor(batch / accumulate), Math.ceil(this.#total / accumulate)];
    return optimizer.lr * schedule(at, steps, watched);
  }

  async #take(program: TrainStep<B>, batch: B): Promise<StepOutcome> {
    const inputs = program.inputs(this.position.step, batch);
    const outcome = await program.run(inputs);
    if (outcome.finite) return outcome;
    const { store } = this.#options;
    const { failedStep } = await import("./replay.ts");
    throw await failedStep(outcome, {
      ...{ graph: program.graph(inputs), inputs, batch, position: this.position },
      kept: store && this.#savedStep > 0 ? { step: this.#savedStep, store } : undefined,
    });
  }

  async #endEpoch(timing: EpochTiming): Promise<void> {
    const { position } = this;
    const { task, settled, average, swa, validation, encode, store, callbacks } = this.#options;
    const { sums, step } = position;
    const found =
      validation &&
      (await withAverage(average, () => this.#evaluate("validate", this.#evaluator, validation)));
    const record: EpochRecord = {
      epoch: position.epoch + 1,
      step,
      loss: sums.loss / sums.seen,
      accuracy: sums.correct / sums.seen,
      ...(found && { valLoss: found.loss, valAccuracy: found.accuracy }),
      ...(found?.measures && { measures: found.measures }),
      learningRate: this.#rate(step - 1),
    };
    const best = position.history[position.best - 1];
    const better = !best || isBetter(record, best, task.monitor);
    position.history.push(record);
    position.epoch++;
    position.batch = 0;
    position.sums = { loss: 0, correct: 0, seen: 0 };
    if (better) position.best = position.epoch;
    if (swa?.includes(position.epoch, this.#epochs)) await swa.collect();
    const { patience } = settled;
    if (patience !== undefined && position.epoch - position.best >= patience) {
      position.stopped = true;
    }
    for (const { onEpoch } of callbacks) {
      if (onEpoch?.(record, timing, found) === "stop") position.stopped = true;
    }
    // The checkpoint comes last: a kill between these writes only repeats the epoch.
    await store?.write("metrics.jsonl", formatMetrics(position.history));
    if (store) {
      const model = await withAverage(average, encode);
      await store.write("model.safetensors", model);
      if (better) await store.write("best.safetensors", model);
    }
    await this.#checkpoint();
  }

  /** At the end of a run it is written although no step was made since the last one. */
  async #checkpoint(final = false): Promise<void> {
    const { net, settled, average, swa, store, config, source, callbacks } = this.#options;
    const { position } = this;
    if (!store) return;
    const text = { position, config, source };
    const { encodeCheckpoint } = await import("./checkpoint.ts");
    const bytes = encodeCheckpoint(net, settled.optimizer, average ?? swa?.average, text);
    await store.write("checkpoint.safetensors", bytes);
    this.#saved = performance.now();
    this.#savedStep = position.step;
    if (!final) for (const { onCheckpoint } of callbacks) onCheckpoint?.(position.step);
  }

  #progress(
    phase: "train" | "validate" | "test",
    done: number,
    total: number,
    speed?: { images: number; seconds: number },
  ): void {
    const { epoch, step, sums } = this.position;
    const epochs = this.#epochs;
    for (const { onProgress } of this.#options.callbacks) {
      onProgress?.({
        ...{ phase, epoch: Math.min(epoch + 1, epochs), epochs, done, total, step },
        ...(speed && {
          loss: sums.loss / sums.seen,
          accuracy: sums.correct / sums.seen,
          imagesPerSecond: speed.images / speed.seconds,
        }),
      });
    }
  }
}

/** With the averages as the network's weights, where there are any. */
async function withAverage<T>(
  average: WeightAverage | undefined,
  body: () => T | Promise<T>,
): Promise<T> {
  average?.swap();
  try {
    return await body();
  } finally {
    average?.swap();
  }
}
