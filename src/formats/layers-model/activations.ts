/** Keras' activations by their names; channels are the last axis there, axis 1 of images here. */
import type { Tensor } from "../../graph/tensor.ts";
import { Activation } from "../../nn/activation/activation.ts";
import { elu } from "../../nn/activation/elu.ts";
import { gelu } from "../../nn/activation/gelu.ts";
import { leakyRelu } from "../../nn/activation/leaky-relu.ts";
import { mish } from "../../nn/activation/mish.ts";
import { relu } from "../../nn/activation/relu.ts";
import { relu6 } from "../../nn/activation/relu6.ts";
import { selu } from "../../nn/activation/selu.ts";
import { sigmoid } from "../../nn/activation/sigmoid.ts";
import { silu } from "../../nn/activation/silu.ts";
import { softplus } from "../../nn/activation/softplus.ts";
import { softsign } from "../../nn/activation/softsign.ts";
import { tanh } from "../../nn/activation/tanh.ts";
import type { Module } from "../../nn/module.ts";

/** Where an axis of Keras, which counts channels last, lies for a tensor of ours. */
export function ownAxis(axis: number, rank: number): number {
  const at = axis < 0 ? axis + rank : axis;
  return rank === 4 ? [0, 2, 3, 1][at] : at;
}

export const softmaxOver = (axis: number): Activation =>
  new Activation("softmax", (x) =>
    x.builder.apply("softmax", [x], { axis: ownAxis(axis, x.rank) }),
  );

const logSoftmaxOver = (axis: number): Activation =>
  new Activation("logSoftmax", (x) =>
    x.builder.apply("logSoftmax", [x], { axis: ownAxis(axis, x.rank) }),
  );

const clip = (x: Tensor, low: number, high: number) => x.maximum(low).minimum(high);

/** Keras' own: 0.2x + 0.5 between 0 and 1, where PyTorch has x/6 + ½. */
const kerasHardSigmoid = (): Activation =>
  new Activation("hardSigmoid", (x) => clip(x.mul(0.2).add(0.5), 0, 1));

const factories: Readonly<Record<string, (() => Module) | undefined>> = {
  elu: () => elu(),
  exponential: () => new Activation("exp", (x) => x.exp()),
  gelu: () => gelu(),
  hard_sigmoid: kerasHardSigmoid,
  hardSigmoid: kerasHardSigmoid,
  leaky_relu: () => leakyRelu(0.2),
  log_softmax: () => logSoftmaxOver(-1),
  logSoftmax: () => logSoftmaxOver(-1),
  mish: () => mish(),
  relu: () => relu(),
  relu6: () => relu6(),
  selu: () => selu(),
  sigmoid: () => sigmoid(),
  silu: () => silu(),
  softmax: () => softmaxOver(-1),
  softplus: () => softplus(),
  softsign: () => softsign(),
  swish: () => silu(),
  tanh: () => tanh(),
};

/** The layer of an activation; undefined for "linear", null for a name that is unknown. */
export function activationOf(name: unknown): Module | undefined | null {
  if (name === undefined || name === null || name === "linear") return undefined;
  return (typeof name === "string" && factories[name]?.()) || null;
}
