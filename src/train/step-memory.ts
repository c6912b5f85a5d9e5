/**
 * The memory of a training step, before there is one: what the field adds up — weights, gradients, the optimiser's states and
 * activations — and the graph, for those who plan it. Nothing is allocated or run.
 */
import { byteSize, isFloat } from "../core/dtype.ts";
import { ConvkitError } from "../core/error.ts";
import { sizeOf } from "../core/shape.ts";
import type { Graph, StateRef } from "../graph/node.ts";
import { summary } from "../models/summary/summary.ts";
import { listInputs, type NetworkInputs } from "../nn/initialize.ts";
import type { AnyModule, Module } from "../nn/module.ts";
import { takeOutputs } from "../nn/named-outputs.ts";
import { namedStates, parameters } from "../nn/parameters.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import type { Tensor } from "../tensor/index.ts";
import { trace } from "../tensor/trace.ts";

export interface StepMemory {
  /** Parameters and buffers, running statistics among them. */
  readonly weights: number;
  /** As many as trainable parameters. */
  readonly gradients: number;
  readonly optimizerStates: number;
  /** Outputs of all layers with their gradients, and what else the backward pass reads, for the whole batch. */
  readonly activations: number;
  readonly total: number;
}

export interface StepMemoryOptions {
  /** Images to a step. */
  readonly batch: number;
  /** One that trains nothing else: its states are made here. */
  readonly optimizer: Optimizer;
}

/** Bytes. The loss is the mean square of all outputs: that of the network's task adds next to nothing. */
export function stepMemory(
  net: AnyModule,
  inputs: NetworkInputs,
  { batch, optimizer }: StepMemoryOptions,
): { readonly bytes: StepMemory; readonly graph: Graph } {
  const types = [
    { shape: [2], dtype: "i32", batched: false } as const,
    ...listInputs(inputs).map(({ shape, dtype }) => ({
      shape: [batch, ...shape],
      dtype,
      batched: true,
    })),
  ];
  const step = (key: Tensor, ...tensors: Tensor[]) => {
    const output = (net as Module<readonly Tensor[]>).call(...tensors, { training: true, key });
    if (!isFloat(output.dtype)) {
      throw new ConvkitError(
        "train",
        `the output holds ${output.dtype}, which has no gradient — a network that is trained gives scores`,
      );
    }
    const scores = takeOutputs(output.builder).filter(({ lossWeight }) => lossWeight);
    const loss = scores.reduce(
      (sum, { tensor }) => sum.add(tensor.square().mean()),
      output.square().mean(),
    );
    return optimizer.step(loss, parameters(net)).loss;
  };
  const { graph } = trace(step, types, batch);
  const trained = parameters(net).filter(({ trainable }) => trainable);
  const parts = {
    weights: bytesOf(namedStates(net).map(([, { parameter }]) => parameter)),
    gradients: bytesOf(trained),
    optimizerStates: bytesOf(optimizer.state()),
    activations: summary(net, inputs, { batch }).activationBytes.training,
  };
  const total = Object.values(parts).reduce((sum, bytes) => sum + bytes, 0);
  return { bytes: { ...parts, total }, graph };
}

const bytesOf = (states: readonly StateRef[]): number =>
  states.reduce((sum, { shape, dtype }) => sum + sizeOf(shape) * byteSize[dtype], 0);
