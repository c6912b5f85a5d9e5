/** A network's results on a part of the data: mean loss, and what its task measures. */
import { type CompileOptions, compile, type Device } from "../tensor/index.ts";
import type { Batches, Measures, Task, TaskBatch, TaskData } from "./tasks/task.ts";
import type { Judge, TestTimeAugmentation } from "./views.ts";

export interface Evaluation extends Measures {
  readonly loss: number;
}

/** Predictions gain nothing from larger batches than this. */
const LEAST_CAPACITY = 64;

export interface EvaluatorOptions {
  readonly device: Device;
  readonly batch?: number;
  /** Outputs are means over several views of each picture; "none" by default. */
  readonly tta?: TestTimeAugmentation;
}

/** Runs a network in evaluation mode over parts of data; one program for all of them, which stay open from one time to the next. */
export class Evaluator<D extends TaskData, B extends TaskBatch> {
  readonly #task: Task<D, B>;
  readonly #options: EvaluatorOptions;
  readonly #capacity: number;
  readonly #opened = new Map<D, Batches<B>>();
  #judge: Judge | undefined;

  constructor(task: Task<D, B>, options: EvaluatorOptions) {
    this.#task = task;
    this.#options = options;
    this.#capacity = Math.max(options.batch ?? 0, task.leastBatch ?? LEAST_CAPACITY);
  }

  async evaluate(data: D, onProgress?: (done: number, total: number) => void): Promise<Evaluation> {
    this.#judge ??= await this.#makeJudge();
    const batches = await this.#batchesOf(data);
    const measure = this.#task.measure();
    let total = 0;
    let done = 0;
    for await (const batch of batches.batches()) {
      const [inputs, targets] = [this.#task.inputs(batch), this.#task.targets(batch)];
      const { loss, ...results } = await this.#judge.run(inputs, targets);
      total += loss.data[0] * batch.n;
      measure.update(results, batch);
      done += batch.n;
      onProgress?.(done, data.length);
    }
    return { ...measure.value, loss: total / data.length };
  }

  /** How long it will take, by the fastest of the first batches: those before the program is optimised are slower. */
  async secondsFor(data: D): Promise<number> {
    this.#judge ??= await this.#makeJudge();
    const batches = await this.#batchesOf(data);
    let least = Number.POSITIVE_INFINITY;
    for await (const batch of batches.batches()) {
      const begun = performance.now();
      await this.#judge.run(this.#task.inputs(batch), this.#task.targets(batch));
      least = Math.min(least, (performance.now() - begun) / batch.n);
      if (batch.index === 2) break;
    }
    return (least / 1000) * data.length;
  }

  async #makeJudge(): Promise<Judge> {
    const { device, tta = "none" } = this.#options;
    const options = { device, capacity: this.#capacity };
    if (tta === "none") return plainJudge(this.#task, options);
    return (await import("./views.ts")).viewJudge(this.#task, tta, options);
  }

  async #batchesOf(data: D): Promise<Batches<B>> {
    const known = this.#opened.get(data);
    if (known) return known;
    const opened = await this.#task.open(data, { batch: this.#capacity, seed: 0, training: false });
    this.#opened.set(data, opened);
    return opened;
  }

  dispose(): void {
    this.#judge?.dispose();
    this.#judge = undefined;
    for (const batches of this.#opened.values()) batches.dispose();
    this.#opened.clear();
  }
}

/** Network and loss in one program. */
function plainJudge(
  { inputCount, forward, judge }: Pick<Task, "inputCount" | "forward" | "judge">,
  options: CompileOptions,
): Judge {
  const program = compile((...tensors) => {
    const outputs = forward(tensors.slice(0, inputCount), { training: false });
    const { loss, results } = judge(outputs, tensors.slice(inputCount), false);
    return { ...results, loss };
  }, options);
  return {
    run: (inputs, targets) => program(...inputs, ...targets),
    dispose: () => program.dispose(),
  };
}
