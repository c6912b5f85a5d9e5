/**
 * Every channel times a gate in (0, 1) that all channels decide upon: their means go through two 1×1 convolutions,
 *
 *     y = x·σ(W₂·δ(W₁·mean(x) + b₁) + b₂)
 *
 * (Hu et al. 2017, arXiv:1709.01507, equations 2–4), under torchvision's names.
 */
import type { Tensor } from "../../graph/tensor.ts";
import { relu } from "../activation/relu.ts";
import { sigmoid } from "../activation/sigmoid.ts";
import { silu } from "../activation/silu.ts";
import { tanh } from "../activation/tanh.ts";
import { conv2d } from "../convolution/conv2d.ts";
import { checkImages } from "../images.ts";
import type { Init } from "../init/initializer.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { type Mode, Module } from "../module.ts";

export interface SqueezeExcitationOptions {
  /** Makes δ; ReLU by default. */
  readonly activation?: () => Module;
  /** Makes σ, the sigmoid by default; MobileNetV3 has the hard one. */
  readonly scaleActivation?: () => Module;
  /** Of both convolutions; PyTorch's by default. */
  readonly weightInit?: Init;
  readonly biasInit?: Init;
}

export class SqueezeExcitation extends Module {
  readonly inputChannels: number;
  readonly fc1;
  readonly fc2;
  readonly activation;
  readonly scaleActivation;

  constructor(inputChannels: number, squeezeChannels: number, options: SqueezeExcitationOptions) {
    super();
    const { activation = relu, scaleActivation = sigmoid, weightInit, biasInit } = options;
    this.inputChannels = inputChannels;
    this.fc1 = conv2d(squeezeChannels, { kernel: 1, weightInit, biasInit });
    this.fc2 = conv2d(inputChannels, { kernel: 1, weightInit, biasInit });
    this.activation = activation();
    this.scaleActivation = scaleActivation();
  }

  override get kind(): string {
    return "squeezeExcitation";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    checkImages(this.kind, x, this.inputChannels);
    const squeezed = this.activation.call(this.fc1.call(x.mean([2, 3], true), mode), mode);
    return x.mul(this.scaleActivation.call(this.fc2.call(squeezed, mode), mode));
  }
}

/** N×`inputChannels`×H×W → the same, by way of `squeezeChannels`, a fraction of them (1/16 in the paper). */
export const squeezeExcitation = (
  inputChannels: number,
  squeezeChannels: number,
  options: SqueezeExcitationOptions = {},
): SqueezeExcitation => new SqueezeExcitation(inputChannels, squeezeChannels, options);

// biome-ignore format: one state a line
const states = { "fc1.weight": [2, 4, 1, 1], "fc1.bias": [2], "fc2.weight": [4, 2, 1, 1], "fc2.bias": [4] };

export const squeezeExcitationSpec: LayerSpec = {
  name: "squeezeExcitation",
  formula: "y = x·σ(W₂·δ(W₁·mean(x) + b₁) + b₂)",
  shapes: "N×C×H×W → the same",
  source: "Hu et al. 2017, arXiv:1709.01507, equations 2–4",
  torch: "torchvision.ops.SqueezeExcitation",
  // biome-ignore format: one case a line
  samples: [
    { name: "images", make: () => squeezeExcitation(4, 2), inputs: [{ shape: [4, 3, 2] }], output: [4, 3, 2], states, torch: "torchvision.ops.SqueezeExcitation(4, 2)" },
    { name: "other activations", make: () => squeezeExcitation(4, 2, { activation: silu, scaleActivation: tanh }), inputs: [{ shape: [4, 3, 2] }], output: [4, 3, 2], states, torch: "torchvision.ops.SqueezeExcitation(4, 2, nn.SiLU, nn.Tanh)" },
  ],
};
