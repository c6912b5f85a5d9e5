/**
 * A training step as one graph: forward, the task's loss, gradients, clipping, the optimiser's update
 * and the running statistics. When loss or gradients are not finite nothing is updated, and the step can be replayed.
 */
import { Random, threefry } from "../core/random.ts";
import type { AnyModule } from "../nn/module.ts";
import { parameters } from "../nn/parameters.ts";
import type { ClipOptions } from "../optim/clip.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import type { WeightAverage } from "../optim/weight-average.ts";
import {
  type Compiled,
  compile,
  type Device,
  type HostTensor,
  type Tensor,
  trace,
} from "../tensor/index.ts";
import type { Task, TaskBatch } from "./tasks/task.ts";

export interface StepOptions<B extends TaskBatch> {
  readonly task: Pick<Task<never, B>, "inputCount" | "inputs" | "targets" | "forward" | "judge">;
  /** Whose parameters are trained. */
  readonly net: AnyModule;
  readonly optimizer: Optimizer;
  /** Follows the weights. */
  readonly average?: WeightAverage;
  readonly capacity: number;
  readonly device: Device;
  readonly seed: number;
  /** Modules that run as in evaluation. */
  readonly frozen?: ReadonlySet<AnyModule>;
  /** A number is a limit for the norm. */
  readonly clip: number | ClipOptions | undefined;
}

export interface StepOutcome {
  readonly loss: number;
  /** How many examples were told right, before the update. */
  readonly correct: number;
  readonly gradNorm: number;
  /** Whether the update was made. */
  readonly finite: boolean;
}

type Results = Record<"loss" | "correct" | "gradNorm" | "finite", Tensor>;

export class TrainStep<B extends TaskBatch> {
  readonly #options: StepOptions<B>;
  readonly #key;
  readonly #run: Compiled<Results>;

  constructor(options: StepOptions<B>) {
    this.#options = options;
    // Numbers of dropout and the like: a function of seed and step alone, so that resuming needs no state.
    this.#key = new Random(options.seed, "step").key;
    const { device, capacity } = options;
    this.#run = compile(this.#trace, { device, capacity, batched: [false] });
  }

  readonly #trace = (key: Tensor, ...tensors: Tensor[]): Results => {
    const { task, net, optimizer, average, clip, frozen } = this.#options;
    const [inputs, targets] = [tensors.slice(0, task.inputCount), tensors.slice(task.inputCount)];
    const mode = { training: true, key, frozen };
    const pass = () => task.judge(task.forward(inputs, mode), targets, true);
    // Made before parameters are asked for, some of which it may make; whether there is another is the optimiser's affair.
    const { loss, correct } = pass();
    const made = [loss];
    const lossAt = () => made.pop() ?? pass().loss;
    const { gradNorm, finite, updated } = optimizer.step(
      lossAt,
      parameters(net),
      typeof clip === "number" ? { clipNorm: clip } : clip,
    );
    average?.update(updated);
    return { loss, correct, gradNorm, finite };
  };

  /** Of the step's program: random numbers, the network's inputs, the targets. */
  inputs(step: number, batch: B): HostTensor[] {
    const { task } = this.#options;
    const key = Int32Array.from(threefry(this.#key, step, 0));
    return [{ shape: [2], dtype: "i32", data: key }, ...task.inputs(batch), ...task.targets(batch)];
  }

  /** Compiles the program, so that all states are on the device. */
  async prepare(inputs: readonly HostTensor[]): Promise<void> {
    await this.#run.prepare(...inputs);
  }

  async run(inputs: readonly HostTensor[]): Promise<StepOutcome> {
    const { loss, correct, gradNorm, finite } = await this.#run(...inputs);
    return {
      loss: loss.data[0],
      correct: correct.data[0],
      gradNorm: gradNorm.data[0],
      finite: finite.data[0] !== 0,
    };
  }

  /** The graph once more, for a replay. */
  graph(inputs: readonly HostTensor[]) {
    const types = inputs.map(({ shape, dtype }, i) => ({ shape, dtype, batched: i > 0 }));
    return trace(this.#trace, types, this.#options.capacity).graph;
  }

  dispose(): void {
    this.#run.dispose();
  }
}
