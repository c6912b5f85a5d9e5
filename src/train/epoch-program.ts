/**
 * The step and the batches of an epoch. Others are made only where it trains other parameters than the epoch before, or on
 * pictures of another size: a program is compiled for what it does.
 */
import type { AnyModule } from "../nn/module.ts";
import { parameters } from "../nn/parameters.ts";
import type { WeightAverage } from "../optim/weight-average.ts";
import type { Device } from "../tensor/index.ts";
import type { Freezing } from "./freezing.ts";
import type { Settled } from "./settle.ts";
import { TrainStep } from "./step.ts";
import type { Batches, Task, TaskBatch, TaskData } from "./tasks/task.ts";

export interface EpochProgramOptions<D extends TaskData, B extends TaskBatch> {
  readonly task: Task<D, B>;
  readonly net: AnyModule;
  readonly settled: Settled;
  readonly average: WeightAverage | undefined;
  readonly device: Device;
  readonly train: D;
  readonly freezing: Freezing | undefined;
  /** [H, W] of the pictures of epoch number `epoch`, from 0, of so many. */
  readonly sizeAt: ((epoch: number, epochs: number) => readonly [number, number]) | undefined;
}

export class EpochProgram<D extends TaskData, B extends TaskBatch> {
  readonly #options: EpochProgramOptions<D, B>;
  #batches: Batches<B> | undefined;
  #size = "";
  #step: TrainStep<B> | undefined;
  #key = "";

  constructor(options: EpochProgramOptions<D, B>) {
    this.#options = options;
  }

  /** Of its pictures, as a key; that of all epochs where they do not grow. */
  sizeKey(epoch: number, epochs: number): string {
    return String(this.#options.sizeAt?.(epoch, epochs));
  }

  /** For epoch number `epoch`, from 0, of so many. */
  async at(epoch: number, epochs: number): Promise<{ step: TrainStep<B>; batches: Batches<B> }> {
    const { task, net, settled, average, device, train, freezing, sizeAt } = this.#options;
    const { batch, seed, optimizer, clip, extras } = settled;
    freezing?.apply(epoch + 1);
    const all = parameters(net);
    const trained = all.filter(({ trainable }) => trainable);
    const size = sizeAt?.(epoch, epochs);
    if (!this.#batches || this.#size !== String(size)) {
      this.#batches?.dispose();
      this.#batches = await task.open(train, { batch, seed, training: true, size });
      this.#size = String(size);
    }
    const key = [size, ...trained.map(({ name }) => name)].join();
    if (!this.#step || this.#key !== key) {
      this.#step?.dispose();
      const { freezeBatchNorm = true } = extras;
      const mayFreeze = trained.length < all.length || freezeBatchNorm === "all";
      const frozen = mayFreeze
        ? (await import("./freezing.ts")).frozenNorms(net, freezeBatchNorm)
        : undefined;
      const capacity = Math.min(batch, train.length);
      this.#step = new TrainStep({
        ...{ task, net, optimizer, average, capacity, device, seed, clip, frozen },
      });
      this.#key = key;
    }
    return { step: this.#step, batches: this.#batches };
  }

  dispose(): void {
    this.#step?.dispose();
    this.#batches?.dispose();
    this.#options.freezing?.restore();
  }
}
