/**
 * A convolution in two steps: space, each channel by itself, then channels, each position by itself. For a k×k kernel
 * it takes about k² times fewer products than `conv2d` where there are many channels.
 */
import type { Tensor } from "../../graph/tensor.ts";
import type { Init } from "../init/initializer.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { type Mode, Module } from "../module.ts";
import { conv2d } from "./conv2d.ts";
import { type DepthwiseConv2dOptions, depthwiseConv2d } from "./depthwise-conv2d.ts";

export interface SeparableConv2dOptions extends Omit<DepthwiseConv2dOptions, "weightInit"> {
  readonly depthwiseInit?: Init;
  readonly pointwiseInit?: Init;
}

export class SeparableConv2d extends Module {
  readonly depthwise;
  readonly pointwise;

  constructor(out: number, options: SeparableConv2dOptions) {
    super();
    const { bias, biasInit, depthwiseInit, pointwiseInit, ...window } = options;
    this.depthwise = depthwiseConv2d({ ...window, bias: false, weightInit: depthwiseInit });
    this.pointwise = conv2d(out, { kernel: 1, bias, biasInit, weightInit: pointwiseInit });
  }

  override get kind(): string {
    return "separableConv2d";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    return this.pointwise.call(this.depthwise.call(x, mode), mode);
  }
}

/** The bias is that of the second step; the first has none, as in Keras. */
export const separableConv2d = (out: number, options: SeparableConv2dOptions): SeparableConv2d =>
  new SeparableConv2d(out, options);

export const separableConv2dSpec: LayerSpec = {
  name: "separableConv2d",
  formula: "y[o] = b[o] + Σ_i p[o, i]·(w[i] ⋆ x[i])",
  shapes: "N×I×H×W → N×O×H′×W′",
  source: "Chollet 2016, arXiv:1610.02357, section 1.2",
  torch: null,
  // biome-ignore format: one case a line
  samples: [
    { name: "multiplier 2, stride 2", make: () => separableConv2d(4, { kernel: 3, multiplier: 2, stride: 2, padding: 1, dilation: 2 }), inputs: [{ shape: [3, 7, 6] }], output: [4, 3, 2], states: { "depthwise.weight": [6, 1, 3, 3], "pointwise.weight": [4, 6, 1, 1], "pointwise.bias": [4] }, torch: "separable_conv2d" },
  ],
};
