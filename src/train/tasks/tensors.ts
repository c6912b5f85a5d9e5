/**
 * Several outputs, each with its own loss: L = Σ wₖ·Lₖ(outputₖ, targetₖ). What the network returns is the first output; the others
 * it records by their names, see `nn/named-outputs.ts`.
 */
import { ConvkitError } from "../../core/error.ts";
import type { TensorBatch, TensorDataset } from "../../data/tensor-dataset.ts";
import { tensorBatches } from "../../data/tensor-dataset.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { crossEntropy } from "../../losses/cross-entropy.ts";
import { squaredError } from "../../losses/squared-error.ts";
import type { AnyModule, Module } from "../../nn/module.ts";
import { type NamedOutput, takeOutputs } from "../../nn/named-outputs.ts";
import type { HostTensor } from "../../tensor/index.ts";
import type { LossFunction, LossName } from "../loss.ts";
import type { Measure, Task } from "./task.ts";

/** How one output is trained. */
export interface TrainedOutput {
  readonly name: string;
  readonly loss: LossName | LossFunction;
  readonly weight: number;
  /** Whether its targets are class numbers. */
  readonly isClass: boolean;
}

/** The accuracy of a run is that of the first output that tells classes. */
export function tensorTask(
  net: AnyModule,
  inputCount: number,
  outputs: readonly TrainedOutput[],
): Task<TensorDataset, TensorBatch> {
  const classes = outputs.find(({ isClass }) => isClass);
  return {
    monitor: outputs.length === 1 && classes ? "accuracy" : "loss",
    inputCount,
    open: async (data, { batch, seed, training }) =>
      tensorBatches(data, { batch, seed, shuffle: training }),
    inputs: ({ inputs }) => inputs,
    targets: ({ targets }) => outputs.map(({ name }) => targets[name]),
    forward(inputs, mode) {
      const main = (net as Module<readonly Tensor[]>).call(...inputs, mode);
      return namedOutputs(outputs, main, takeOutputs(main.builder));
    },
    judge(given, targets) {
      const losses = outputs.map(({ loss }, i) => lossOf(loss, given[i].tensor, targets[i]));
      const loss = losses
        .map((value, i) => value.mul(outputs[i].weight))
        .reduce((sum, value) => sum.add(value));
      const told = classes && outputs.indexOf(classes);
      const correct =
        told === undefined
          ? loss.builder.constant(Number.NaN)
          : given[told].tensor.argmax(1).eq(targets[told]).to("f32").sum();
      const results = Object.fromEntries([
        ...given.map(({ name, tensor }) => [name, tensor]),
        ...losses.map((value, i) => [`${outputs[i].name}.loss`, value]),
      ]);
      return { loss, correct, results };
    },
    measure: () => measureOutputs(outputs),
  };
}

function namedOutputs(
  outputs: readonly TrainedOutput[],
  main: Tensor,
  recorded: readonly NamedOutput[],
): NamedOutput[] {
  return outputs.map(({ name }, i) => {
    if (i === 0) return { name, tensor: main };
    const found = recorded.find((output) => output.name === name);
    if (found) return found;
    const known = recorded.map((output) => output.name).join(", ") || "none besides";
    throw new ConvkitError(
      "train",
      `the network returns ${outputs[0].name} and records no output ${name} (it records ${known}) — call ` +
        `recordOutput({ name: "${name}", tensor }) in its forward`,
    );
  });
}

/** Targets N beside outputs N×1 are the same numbers. */
function lossOf(loss: LossName | LossFunction, output: Tensor, target: Tensor): Tensor {
  const fits = target.dtype === "i32" || target.size !== output.size;
  const wanted = fits ? target : target.reshape(...output.shape);
  if (loss === "crossEntropy") return crossEntropy(output, wanted);
  if (loss === "squaredError") return squaredError(output, wanted);
  return loss(output, wanted);
}

/** Of each output its loss, and accuracy or mean absolute error: `age.loss`, `age.meanAbsoluteError`. */
function measureOutputs(outputs: readonly TrainedOutput[]): Measure<TensorBatch> {
  const sums = new Map<string, number>();
  let seen = 0;
  const add = (name: string, value: number) => void sums.set(name, (sums.get(name) ?? 0) + value);
  const first = outputs.find(({ isClass }) => isClass);
  return {
    update(results, { n, targets }) {
      seen += n;
      for (const { name, isClass } of outputs) {
        add(`${name}.loss`, results[`${name}.loss`].data[0] * n);
        const [output, target] = [results[name], targets[name]];
        if (isClass) add(`${name}.accuracy`, hitsOf(output, target));
        else add(`${name}.meanAbsoluteError`, absoluteErrorOf(output, target));
      }
    },
    get value() {
      const measures = Object.fromEntries([...sums].map(([name, sum]) => [name, sum / seen]));
      const accuracy = first ? measures[`${first.name}.accuracy`] : Number.NaN;
      return { accuracy, confusion: [], measures };
    },
  };
}

function hitsOf({ shape, data }: HostTensor, target: HostTensor): number {
  const [n, classes] = shape;
  let hits = 0;
  for (let i = 0; i < n; i++) {
    let best = 0;
    for (let k = 1; k < classes; k++) {
      if (data[i * classes + k] > data[i * classes + best]) best = k;
    }
    if (best === target.data[i]) hits++;
  }
  return hits;
}

/** The sum over examples of the mean over each one's numbers. */
function absoluteErrorOf({ shape, data }: HostTensor, target: HostTensor): number {
  let sum = 0;
  for (const [i, value] of data.entries()) sum += Math.abs(value - target.data[i]);
  return (sum * shape[0]) / data.length;
}
