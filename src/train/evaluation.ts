/** A network's results on a part of the data: mean loss, and what its task measures. */
import { type Compiled, compile, type Device, type Tensor } from "../tensor/index.ts";
import type { Batches, Measures, Task, TaskBatch, TaskData } from "./tasks/task.ts";

export interface Evaluation extends Measures {
  readonly loss: number;
}

/** Predictions gain nothing from larger batches than this. */
const LEAST_CAPACITY = 64;

/** Runs a network in evaluation mode over parts of data; one program for all of them, which stay open from one time to the next. */
export class Evaluator<D extends TaskData, B extends TaskBatch> {
  readonly #task: Task<D, B>;
  readonly #capacity: number;
  readonly #run: Compiled<Record<string, Tensor>>;
  readonly #opened = new Map<D, Batches<B>>();

  constructor(task: Task<D, B>, options: { readonly device: Device; readonly batch?: number }) {
    const { device, batch = LEAST_CAPACITY } = options;
    this.#task = task;
    this.#capacity = Math.max(batch, LEAST_CAPACITY);
    this.#run = compile(
      (...tensors) => {
        const outputs = task.forward(tensors.slice(0, task.inputCount), { training: false });
        const { loss, results } = task.judge(outputs, tensors.slice(task.inputCount), false);
        return { ...results, loss };
      },
      { device, capacity: this.#capacity },
    );
  }

  async evaluate(data: D, onProgress?: (done: number, total: number) => void): Promise<Evaluation> {
    const batches = await this.#batchesOf(data);
    const measure = this.#task.measure();
    let total = 0;
    let done = 0;
    for await (const batch of batches.batches()) {
      const inputs = [...this.#task.inputs(batch), ...this.#task.targets(batch)];
      const { loss, ...results } = await this.#run(...inputs);
      total += loss.data[0] * batch.n;
      measure.update(results, batch);
      done += batch.n;
      onProgress?.(done, data.length);
    }
    return { ...measure.value, loss: total / data.length };
  }

  async #batchesOf(data: D): Promise<Batches<B>> {
    const known = this.#opened.get(data);
    if (known) return known;
    const opened = await this.#task.open(data, { batch: this.#capacity, seed: 0, training: false });
    this.#opened.set(data, opened);
    return opened;
  }

  dispose(): void {
    this.#run.dispose();
    for (const batches of this.#opened.values()) batches.dispose();
    this.#opened.clear();
  }
}
