/**
 * Each channel under kernels of its own: a convolution with as many groups as channels, whose number is read off the
 * first input. Channel i gives the results i·m … i·m + m − 1 of a multiplier m.
 */
import { ConvkitError } from "../../core/error.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { checkImages } from "../images.ts";
import { defaultBias, defaultWeight } from "../init/layer-default.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Module } from "../module.ts";
import { pair } from "../pair.ts";
import { addBias, type Conv2dOptions, checkOptions, convolve } from "./conv2d.ts";
import { checkPaddingMode } from "./pad-mode.ts";

export interface DepthwiseConv2dOptions extends Omit<Conv2dOptions, "groups"> {
  /** Results for each channel. */
  readonly multiplier?: number;
}

export class DepthwiseConv2d extends Module {
  readonly options: DepthwiseConv2dOptions;

  constructor(options: DepthwiseConv2dOptions) {
    super();
    checkOptions("depthwiseConv2d", 1, options);
    const { multiplier = 1, paddingMode = "zeros" } = options;
    if (!Number.isInteger(multiplier) || multiplier < 1) {
      throw new ConvkitError(
        "depthwiseConv2d",
        `multiplier is ${multiplier}, expected a whole number of at least 1`,
      );
    }
    checkPaddingMode("depthwiseConv2d", paddingMode);
    this.options = options;
  }

  override get kind(): string {
    return "depthwiseConv2d";
  }

  forward(x: Tensor): Tensor {
    const { kernel, multiplier = 1, bias = true, weightInit, biasInit } = this.options;
    checkImages("depthwiseConv2d", x);
    const channels = x.shape[1];
    const shape = [channels * multiplier, 1, ...pair(kernel)];
    const w = this.param("weight", shape, weightInit ?? defaultWeight());
    const y = convolve("depthwiseConv2d", x, w, channels, this.options);
    if (!bias) return y;
    return addBias(y, this.param("bias", [shape[0]], biasInit ?? defaultBias(shape)));
  }
}

export const depthwiseConv2d = (options: DepthwiseConv2dOptions): DepthwiseConv2d =>
  new DepthwiseConv2d(options);

export const depthwiseConv2dSpec: LayerSpec = {
  name: "depthwiseConv2d",
  formula: "y[i·m + j] = b[i·m + j] + w[i·m + j] ⋆ x[i], 0 ≤ j < m",
  shapes: "N×I×H×W → N×(I·m)×H′×W′",
  source: "Sifre 2014, PhD thesis; Howard et al. 2017, arXiv:1704.04861, section 3.1",
  torch: "nn.Conv2d(I, I·m, …, groups=I)",
  // biome-ignore format: one case a line
  samples: [
    { name: "3×3", make: () => depthwiseConv2d({ kernel: 3, padding: 1 }), inputs: [{ shape: [5, 4, 5] }], output: [5, 4, 5], states: { weight: [5, 1, 3, 3], bias: [5] }, torch: "nn.Conv2d(5, 5, 3, padding=1, groups=5)" },
    { name: "multiplier 2, all options", make: () => depthwiseConv2d({ kernel: [3, 2], multiplier: 2, stride: [2, 1], padding: [2, 1], dilation: [1, 2], bias: false, paddingMode: "circular" }), inputs: [{ shape: [3, 5, 4] }], output: [6, 4, 4], states: { weight: [6, 1, 3, 2] }, torch: "nn.Conv2d(3, 6, [3, 2], [2, 1], [2, 1], [1, 2], 3, False, 'circular')" },
  ],
};
