/**
 * A training step as one graph: forward, loss (with that of auxiliary classifiers), gradients, clipping, the optimiser's update
 * and the running statistics. When loss or gradients are not finite nothing is updated, and the step can be replayed.
 */
import { Random, threefry } from "../core/random.ts";
import type { Module } from "../nn/module.ts";
import { takeOutputs } from "../nn/named-outputs.ts";
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
import { type LossSettings, lossOf, scoresOf } from "./loss.ts";

export interface StepOptions extends LossSettings {
  readonly net: Module;
  readonly optimizer: Optimizer;
  /** Follows the weights. */
  readonly average?: WeightAverage;
  readonly classes: number;
  readonly capacity: number;
  readonly device: Device;
  readonly seed: number;
  /** A number is a limit for the norm. */
  readonly clip: number | ClipOptions | undefined;
}

export interface StepOutcome {
  readonly loss: number;
  /** How many pictures were told right, before the update. */
  readonly correct: number;
  readonly gradNorm: number;
  /** Whether the update was made. */
  readonly finite: boolean;
}

type Results = Record<"loss" | "correct" | "gradNorm" | "finite", Tensor>;

export class TrainStep {
  readonly #options: StepOptions;
  readonly #key;
  readonly #run: Compiled<Results>;

  constructor(options: StepOptions) {
    this.#options = options;
    // Numbers of dropout and the like: a function of seed and step alone, so that resuming needs no state.
    this.#key = new Random(options.seed, "step").key;
    const { device, capacity } = options;
    this.#run = compile(this.#trace, { device, capacity, batched: [true, true, false] });
  }

  readonly #trace = (images: Tensor, labels: Tensor, key: Tensor): Results => {
    const { net, optimizer, average, classes, clip } = this.#options;
    const pass = () => {
      const output = scoresOf(net.call(images, { training: true, key }));
      let loss = lossOf(output, labels, classes, this.#options);
      for (const { tensor, lossWeight } of takeOutputs(output.builder)) {
        if (!lossWeight) continue;
        loss = loss.add(lossOf(tensor, labels, classes, this.#options).mul(lossWeight));
      }
      return { output, loss };
    };
    // Made before parameters are asked for, some of which it may make; whether there is another is the optimiser's affair.
    const { output, loss } = pass();
    const correct = output.argmax(1).eq(labels).to("f32").sum();
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

  inputs(step: number, images: HostTensor, labels: HostTensor): HostTensor[] {
    const key = Int32Array.from(threefry(this.#key, step, 0));
    return [images, labels, { shape: [2], dtype: "i32", data: key }];
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
    const types = inputs.map(({ shape, dtype }, i) => ({ shape, dtype, batched: i < 2 }));
    return trace(this.#trace, types, this.#options.capacity).graph;
  }

  dispose(): void {
    this.#run.dispose();
  }
}
