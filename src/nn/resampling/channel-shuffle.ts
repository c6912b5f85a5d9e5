/**
 * Mixes the channels of groups, so that the next grouped convolution sees all of them: channels written as a table of
 * one row a group are read column by column. No number is computed.
 */
import { ConvkitError } from "../../core/error.ts";
import { formatShape } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Module } from "../module.ts";

export class ChannelShuffle extends Module {
  readonly groups: number;

  constructor(groups: number) {
    super();
    if (!Number.isInteger(groups) || groups < 1) {
      throw new ConvkitError(
        "channelShuffle",
        `groups is ${groups}, expected a whole number of at least 1`,
      );
    }
    this.groups = groups;
  }

  override get kind(): string {
    return "channelShuffle";
  }

  forward(x: Tensor): Tensor {
    const { groups } = this;
    const [n, channels, ...space] = x.shape;
    if (x.rank < 2 || channels % groups !== 0) {
      throw new ConvkitError(
        "channelShuffle",
        `takes N×C×… with channels that ${groups} groups divide, got ${formatShape(x.shape)}`,
      );
    }
    const table = x.reshape(n, groups, channels / groups, ...space);
    return table.transpose(0, 2, 1, ...space.map((_, i) => 3 + i)).reshape(...x.shape);
  }
}

export const channelShuffle = (groups: number): ChannelShuffle => new ChannelShuffle(groups);

export const channelShuffleSpec: LayerSpec = {
  name: "channelShuffle",
  formula: "y[g·i + j] = x[(C/g)·j + i], 0 ≤ j < g",
  shapes: "N×C×H×W → the same",
  source: "Zhang et al. 2017, arXiv:1707.01083, section 3.1",
  torch: "nn.ChannelShuffle",
  // biome-ignore format: one case a line
  samples: [
    { name: "3 groups", make: () => channelShuffle(3), inputs: [{ shape: [6, 2, 3] }], output: [6, 2, 3], torch: "lambda x: torch.stack([x[:, (c % 3) * 2 + c // 3] for c in range(6)], 1)" },
  ],
};
