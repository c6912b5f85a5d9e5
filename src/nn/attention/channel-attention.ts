/**
 * Every channel times a gate that its mean and its largest value decide upon, through one network for both:
 *
 *     y = x·σ(W₂·δ(W₁·mean(x)) + W₂·δ(W₁·max(x)))
 *
 * (Woo et al. 2018, CBAM, arXiv:1807.06521, equation 2): the first half of `cbam`, under timm's names.
 */
import type { Tensor } from "../../graph/tensor.ts";
import { relu } from "../activation/relu.ts";
import { conv2d } from "../convolution/conv2d.ts";
import { checkImages } from "../images.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { type Mode, Module } from "../module.ts";

export class ChannelAttention extends Module {
  readonly channels: number;
  readonly fc1;
  readonly act = relu();
  readonly fc2;

  constructor(channels: number, squeezeChannels: number) {
    super();
    this.channels = channels;
    this.fc1 = conv2d(squeezeChannels, { kernel: 1, bias: false });
    this.fc2 = conv2d(channels, { kernel: 1, bias: false });
  }

  override get kind(): string {
    return "channelAttention";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    checkImages(this.kind, x, this.channels);
    const [mean, max] = [x.mean([2, 3], true), x.amax([2, 3], true)].map((squeezed) =>
      this.fc2.call(this.act.call(this.fc1.call(squeezed, mode), mode), mode),
    );
    return x.mul(x.builder.apply("sigmoid", [mean.add(max)]));
  }
}

/** A sixteenth of the channels as a multiple of 8, timm's and the paper's ratio. */
const sixteenth = (channels: number) => Math.max(8, 8 * Math.floor((channels / 16 + 4) / 8));

/** N×`channels`×H×W → the same. */
export const channelAttention = (
  channels: number,
  squeezeChannels = sixteenth(channels),
): ChannelAttention => new ChannelAttention(channels, squeezeChannels);

export const channelAttentionSpec: LayerSpec = {
  name: "channelAttention",
  formula: "y = x·σ(W₂·δ(W₁·mean(x)) + W₂·δ(W₁·max(x)))",
  shapes: "N×C×H×W → the same",
  source: "Woo et al. 2018, arXiv:1807.06521, equation 2",
  torch: "timm.layers.cbam.ChannelAttn",
  // biome-ignore format: one case a line
  samples: [
    { name: "4 by way of 3", make: () => channelAttention(4, 3), inputs: [{ shape: [4, 3, 2], distinct: 0.01 }], output: [4, 3, 2], states: { "fc1.weight": [3, 4, 1, 1], "fc2.weight": [4, 3, 1, 1] }, torch: "channel_gates" },
    { name: "a sixteenth", make: () => channelAttention(4), inputs: [{ shape: [4, 2, 2], distinct: 0.01 }], output: [4, 2, 2], states: { "fc1.weight": [8, 4, 1, 1], "fc2.weight": [4, 8, 1, 1] }, torch: "channel_gates" },
  ],
};
