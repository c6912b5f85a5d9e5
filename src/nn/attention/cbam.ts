/**
 * Two gates one after the other, for each channel and for each place: `channelAttention`, then `spatialAttention`
 * (Woo et al. 2018, CBAM, arXiv:1807.06521, equation 1), under timm's names.
 */
import type { Tensor } from "../../graph/tensor.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { type Mode, Module } from "../module.ts";
import { channelAttention } from "./channel-attention.ts";
import { spatialAttention } from "./spatial-attention.ts";

export interface CbamOptions {
  /** A sixteenth of the channels as a multiple of 8 by default. */
  readonly squeezeChannels?: number;
  /** 7 by default. */
  readonly spatialKernel?: number;
}

export class Cbam extends Module {
  readonly channel;
  readonly spatial;

  constructor(channels: number, options: CbamOptions) {
    super();
    this.channel = channelAttention(channels, options.squeezeChannels);
    this.spatial = spatialAttention(options.spatialKernel);
  }

  override get kind(): string {
    return "cbam";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    return this.spatial.call(this.channel.call(x, mode), mode);
  }
}

/** N×`channels`×H×W → the same. */
export const cbam = (channels: number, options: CbamOptions = {}): Cbam =>
  new Cbam(channels, options);

export const cbamSpec: LayerSpec = {
  name: "cbam",
  formula: "y = spatialAttention(channelAttention(x))",
  shapes: "N×C×H×W → the same",
  source: "Woo et al. 2018, arXiv:1807.06521, equation 1",
  torch: "timm.layers.CbamModule",
  // biome-ignore format: one case a line
  samples: [
    { name: "both gates", make: () => cbam(4, { squeezeChannels: 2, spatialKernel: 3 }), inputs: [{ shape: [4, 3, 4], distinct: 0.01 }], output: [4, 3, 4], states: { "channel.fc1.weight": [2, 4, 1, 1], "channel.fc2.weight": [4, 2, 1, 1], "spatial.conv.conv.weight": [1, 2, 3, 3], "spatial.conv.bn.weight": [1], "spatial.conv.bn.bias": [1], "spatial.conv.bn.running_mean": [1], "spatial.conv.bn.running_var": [1], "spatial.conv.bn.num_batches_tracked": [] }, draw: { "spatial.conv.bn.running_var": { low: 0.5, high: 2 } }, torch: "both_gates" },
  ],
};
