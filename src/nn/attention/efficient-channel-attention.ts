/**
 * Every channel times a gate that its neighbours decide upon: a convolution along the channels' means,
 *
 *     y[c] = x[c]·σ(Σⱼ w[j]·mean(x[c + j − ⌊k/2⌋])),  k the odd number near |log₂ C + b|/γ, at least 3
 *
 * (Wang et al. 2019, ECA-Net, arXiv:1910.03151, section 3), under timm's name `conv`.
 */
import { ConvkitError } from "../../core/error.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { module } from "../function-module.ts";
import { checkImages } from "../images.ts";
import { defaultWeight } from "../init/layer-default.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { type Mode, Module } from "../module.ts";

export interface EfficientChannelAttentionOptions {
  /** Odd; from the number of channels by default. */
  readonly kernel?: number;
  /** 2 by default. */
  readonly gamma?: number;
  /** 1 by default. */
  readonly beta?: number;
}

export class EfficientChannelAttention extends Module {
  readonly options: EfficientChannelAttentionOptions;
  /** Of means N×C: a cross-correlation with zeros beyond the first and last channel. */
  readonly conv = module("conv1d", (means: Tensor, m) => {
    const [n, c] = means.shape;
    const k = kernelFor(c, this.options);
    const w = m.param("weight", [1, 1, k], defaultWeight()).reshape(1, 1, 1, k);
    const padding = [0, 0, (k - 1) / 2, (k - 1) / 2];
    const line = means.reshape(n, 1, 1, c);
    return means.builder.apply("conv2d", [line, w], { padding }).reshape(n, c);
  });

  constructor(options: EfficientChannelAttentionOptions) {
    super();
    const { kernel = 3 } = options;
    if (!Number.isInteger(kernel) || kernel < 1 || kernel % 2 === 0) {
      throw new ConvkitError(
        "efficientChannelAttention",
        `kernel is ${kernel}, expected an odd number of channels`,
      );
    }
    this.options = options;
  }

  override get kind(): string {
    return "efficientChannelAttention";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    checkImages(this.kind, x);
    const gates = x.builder.apply("sigmoid", [this.conv.call(x.mean([2, 3]), mode)]);
    return x.mul(gates.reshape(...gates.shape, 1, 1));
  }
}

/** Rounded down, then up to the next odd number, as in the authors' and timm's code. */
function kernelFor(
  channels: number,
  { kernel, gamma = 2, beta = 1 }: EfficientChannelAttentionOptions,
): number {
  const near = Math.floor(Math.abs(Math.log2(channels) + beta) / gamma);
  return kernel ?? Math.max(near % 2 === 1 ? near : near + 1, 3);
}

/** N×C×H×W → the same. */
export const efficientChannelAttention = (
  options: EfficientChannelAttentionOptions = {},
): EfficientChannelAttention => new EfficientChannelAttention(options);

export const efficientChannelAttentionSpec: LayerSpec = {
  name: "efficientChannelAttention",
  formula: "y[c] = x[c]·σ(Σⱼ w[j]·mean(x[c + j − ⌊k/2⌋]))",
  shapes: "N×C×H×W → the same",
  source: "Wang et al. 2019, arXiv:1910.03151, section 3",
  torch: "timm.layers.EcaModule",
  // biome-ignore format: one case a line
  samples: [
    { name: "3 of 6 channels", make: () => efficientChannelAttention(), inputs: [{ shape: [6, 3, 2] }], output: [6, 3, 2], states: { "conv.weight": [1, 1, 3] }, torch: "neighbour_gates" },
    { name: "5 of 7 channels", make: () => efficientChannelAttention({ kernel: 5 }), inputs: [{ shape: [7, 2, 2] }], output: [7, 2, 2], states: { "conv.weight": [1, 1, 5] }, torch: "neighbour_gates" },
  ],
};
