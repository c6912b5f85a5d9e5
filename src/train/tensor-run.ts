/** What a training on several inputs or outputs gives back: the network, what it gives for other inputs, and how it went. */
import type { TensorBatch, TensorDataset } from "../data/tensor-dataset.ts";
import type { AnyModule } from "../nn/module.ts";
import {
  type Compiled,
  compile,
  type Device,
  type HostTensor,
  type Tensor,
} from "../tensor/index.ts";
import type { TrainConfig } from "./config.ts";
import { type Evaluation, Evaluator } from "./evaluation.ts";
import type { EpochRecord, TestRecord } from "./records.ts";
import type { RunResult } from "./run.ts";
import type { Task } from "./tasks/task.ts";

export class TensorRun implements RunResult {
  readonly net: AnyModule;
  declare readonly config: TrainConfig;
  declare readonly history: readonly EpochRecord[];
  declare readonly test: TestRecord | undefined;
  declare readonly interrupted: boolean;
  declare readonly stoppedEarly: boolean;
  declare readonly alreadyFinished: boolean;
  declare readonly imagesPerSecond: number;
  declare readonly seconds: number;
  readonly #encode: () => Uint8Array;
  readonly #evaluator: Evaluator<TensorDataset, TensorBatch>;
  readonly #predict: Compiled<Record<string, Tensor>>;

  constructor(
    net: AnyModule,
    task: Task<TensorDataset, TensorBatch>,
    device: Device,
    result: RunResult,
    encode: () => Uint8Array,
  ) {
    this.net = net;
    Object.assign(this, result);
    this.#encode = encode;
    this.#evaluator = new Evaluator(task, { device });
    this.#predict = compile(
      (...inputs) =>
        Object.fromEntries(
          task.forward(inputs, { training: false }).map(({ name, tensor }) => [name, tensor]),
        ),
      { device },
    );
  }

  /** Of the first output that tells classes, on the test data; NaN where there is none, or the training was interrupted. */
  get accuracy(): number {
    return this.test?.accuracy ?? Number.NaN;
  }

  /** All outputs by their names; inputs as the network takes them, any number of examples. */
  predict(...inputs: HostTensor[]): Promise<Record<string, HostTensor>> {
    return this.#predict(...inputs);
  }

  evaluate(data: TensorDataset): Promise<Evaluation> {
    return this.#evaluator.evaluate(data);
  }

  /** The weights as a safetensors file, for `loadStateDict` into the same network. */
  save(): Uint8Array {
    return this.#encode();
  }

  /** Frees the programs; the network and the device stay. */
  dispose(): void {
    this.#predict.dispose();
    this.#evaluator.dispose();
  }
}
