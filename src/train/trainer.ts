/**
 * The loop of a training: epochs of steps, validation, checkpoints, early stopping, and the test at the very end.
 * Where it stands is a `Position`; everything random is a function of seed and position, so a run that was
 * killed and resumed ends in the same bits.
 */
import { ConvkitError } from "../core/error.ts";
import type { AnyModule } from "../nn/module.ts";
import type { WeightAverage } from "../optim/weight-average.ts";
import type { Device } from "../tensor/index.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { type Evaluation, Evaluator } from "./evaluation.ts";
import type { EpochTiming, TrainCallbacks } from "./options.ts";
import { beginning, type Position } from "./position.ts";
import { type EpochRecord, formatMetrics, isBetter } from "./records.ts";
import type { RunStore } from "./run-store.ts";
import type { Settled } from "./settle.ts";
import { type StepOutcome, TrainStep } from "./step.ts";
import type { Batches, Task, TaskBatch, TaskData } from "./tasks/task.ts";

export interface TrainerOptions<D extends TaskData, B extends TaskBatch> {
  readonly task: Task<D, B>;
  readonly net: AnyModule;
  /** The bytes of model.safetensors, with the weights of now. */
  readonly encode: () => Uint8Array;
  readonly settled: Settled;
  /** Of the weights: what is validated, tested, saved and left behind in their place. */
  readonly average: WeightAverage | undefined;
  readonly config: string;
  readonly source: string | undefined;
  readonly train: D;
  /** Of `train`; disposed of with the trainer. */
  readonly batches: Batches<B>;
  readonly validation: D | undefined;
  readonly test: D;
  readonly device: Device;
  readonly store: RunStore | undefined;
  readonly signal: AbortSignal | undefined;
  readonly callbacks: readonly TrainCallbacks[];
}

export class Trainer<D extends TaskData, B extends TaskBatch> {
  readonly position: Position = beginning();
  /** Pictures trained on and the seconds it took, by this process. */
  images = 0;
  seconds = 0;
  readonly #options: TrainerOptions<D, B>;
  readonly #step: TrainStep<B>;
  readonly #evaluator: Evaluator<D, B>;
  #saved = performance.now();
  #savedStep = 0;

  constructor(options: TrainerOptions<D, B>) {
    const { task, net, settled, average, train, device } = options;
    this.#options = options;
    const { optimizer, seed, clip } = settled;
    const capacity = Math.min(settled.batch, train.length);
    this.#step = new TrainStep({ task, net, optimizer, average, capacity, device, seed, clip });
    this.#evaluator = new Evaluator(task, { device, batch: Math.min(settled.batch, 256) });
  }

  get interrupted(): boolean {
    return this.#options.signal?.aborted === true && this.position.test === undefined;
  }

  /** Takes up the run where the checkpoint left it. */
  async resume(checkpoint: Checkpoint): Promise<void> {
    const { net, settled, average, batches } = this.#options;
    // States are written on the device, which may keep more digits than the host's f32.
    await this.#step.prepare(this.#step.inputs(0, await batches.batch(0, 0)));
    const { restore } = await import("./checkpoint.ts");
    restore(checkpoint, net, settled.optimizer, average);
    Object.assign(this.position, checkpoint.position);
    if (this.position.test) average?.copyToNetwork();
    this.#savedStep = this.position.step;
  }

  async run(): Promise<void> {
    const { settled, store } = this.#options;
    const { position } = this;
    while (position.epoch < settled.epochs && !position.stopped) {
      const timing = await this.#epoch();
      if (this.interrupted) {
        await this.#checkpoint();
        return;
      }
      await this.#endEpoch(timing);
      if (this.interrupted) return;
    }
    if (position.test) return;
    const { test, average } = this.#options;
    position.test = await this.#evaluate("test", test);
    await store?.write("metrics.jsonl", formatMetrics(position.history, position.test));
    await this.#checkpoint(true);
    average?.copyToNetwork();
  }

  #evaluate(phase: "validate" | "test", data: D): Promise<Evaluation> {
    return this.#averaged(() =>
      this.#evaluator.evaluate(data, (done, total) => this.#progress(phase, done, total)),
    );
  }

  /** With the averages as the network's weights, where there are any. */
  async #averaged<T>(body: () => T | Promise<T>): Promise<T> {
    const { average } = this.#options;
    average?.swap();
    try {
      return await body();
    } finally {
      average?.swap();
    }
  }

  dispose(): void {
    this.#options.batches.dispose();
    this.#step.dispose();
    this.#evaluator.dispose();
  }

  /** The rest of the epoch in progress. */
  async #epoch(): Promise<EpochTiming> {
    const { position } = this;
    const { settled, batches } = this.#options;
    const total = settled.epochs * batches.batchesPerEpoch;
    const begun = { seconds: this.seconds, images: this.images };
    let last = performance.now();
    for await (const batch of batches.batches(position.epoch, position.batch)) {
      settled.optimizer.setLearningRate(this.#rate(position.step, total));
      const outcome = await this.#take(batch);
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
  #rate(batch: number, batches: number): number {
    const { optimizer, schedule, accumulate } = this.#options.settled;
    const watched = this.position.history.map(({ loss, valLoss }) => valLoss ?? loss);
    const [step, steps] = [Math.floor(batch / accumulate), Math.ceil(batches / accumulate)];
    return optimizer.lr * schedule(step, steps, watched);
  }

  async #take(batch: B): Promise<StepOutcome> {
    const inputs = this.#step.inputs(this.position.step, batch);
    const outcome = await this.#step.run(inputs);
    if (outcome.finite) return outcome;
    const { epoch, step } = this.position;
    const { firstBadOp } = await import("./replay.ts");
    const culprit = await firstBadOp(this.#step.graph(inputs), inputs, batch.n);
    const what = Number.isFinite(outcome.loss)
      ? "a gradient is not finite"
      : `loss is ${outcome.loss}`;
    const where = culprit
      ? `; first, ${culprit}`
      : "; in doubles the same step is sound, so f32 ran out of digits or range";
    const { store } = this.#options;
    const kept =
      store && this.#savedStep > 0
        ? `the checkpoint after step ${this.#savedStep} in ${store.name} is kept`
        : "no checkpoint was written yet";
    throw new ConvkitError(
      "train",
      `${what} at step ${step + 1} (epoch ${epoch + 1}, batch ${batch.index + 1})${where} — the update was ` +
        `not made; lower the learning rate, clip gradients, or look at the data; ${kept}`,
    );
  }

  async #endEpoch(timing: EpochTiming): Promise<void> {
    const { position } = this;
    const { task, settled, batches, validation, encode, store, callbacks } = this.#options;
    const { sums, step } = position;
    const found = validation && (await this.#evaluate("validate", validation));
    const total = settled.epochs * batches.batchesPerEpoch;
    const record: EpochRecord = {
      epoch: position.epoch + 1,
      step,
      loss: sums.loss / sums.seen,
      accuracy: sums.correct / sums.seen,
      ...(found && { valLoss: found.loss, valAccuracy: found.accuracy }),
      ...(found?.measures && { measures: found.measures }),
      learningRate: this.#rate(step - 1, total),
    };
    const best = position.history[position.best - 1];
    const better = !best || isBetter(record, best, task.monitor);
    position.history.push(record);
    position.epoch++;
    position.batch = 0;
    position.sums = { loss: 0, correct: 0, seen: 0 };
    if (better) position.best = position.epoch;
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
      const model = await this.#averaged(encode);
      await store.write("model.safetensors", model);
      if (better) await store.write("best.safetensors", model);
    }
    await this.#checkpoint();
  }

  /** At the end of a run it is written although no step was made since the last one. */
  async #checkpoint(final = false): Promise<void> {
    const { net, settled, average, store, config, source, callbacks } = this.#options;
    const { position } = this;
    if (!store) return;
    const text = { position, config, source };
    const { encodeCheckpoint } = await import("./checkpoint.ts");
    const bytes = encodeCheckpoint(net, settled.optimizer, average, text);
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
    const { epochs } = this.#options.settled;
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
