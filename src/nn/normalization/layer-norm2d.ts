/**
 * y = γ_c·(x − μ)/√(σ² + ε) + β_c, with μ and σ² over the channels at each position of each image: layer
 * normalisation (Ba, Kiros and Hinton 2016, arXiv:1607.06450) of N×C×H×W as ConvNeXt uses it (Liu et al. 2022,
 * arXiv:2201.03545).
 */
import type { Tensor } from "../../graph/tensor.ts";
import { checkImages } from "../images.ts";
import { ones, zeros } from "../init/constant.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Module } from "../module.ts";
import { checkNorm, scaleChannels, standardize } from "./standardize.ts";

export interface LayerNorm2dOptions {
  /** 1e-5, the default of torchvision's class; ConvNeXt, and timm by default, have 1e-6. */
  readonly eps?: number;
  readonly affine?: boolean;
}

export class LayerNorm2d extends Module {
  readonly options: LayerNorm2dOptions;

  constructor(options: LayerNorm2dOptions = {}) {
    super();
    checkNorm("layerNorm2d", options.eps);
    this.options = options;
  }

  override get kind(): string {
    return "layerNorm2d";
  }

  forward(x: Tensor): Tensor {
    const { eps = 1e-5, affine = true } = this.options;
    checkImages(this.kind, x);
    const y = standardize(x, [1], eps);
    if (!affine) return y;
    const c = [x.shape[1]];
    const gamma = this.param("weight", c, ones());
    const beta = this.param("bias", c, zeros());
    return scaleChannels(y, gamma, beta);
  }
}

export const layerNorm2d = (options: LayerNorm2dOptions = {}): LayerNorm2d =>
  new LayerNorm2d(options);

export const layerNorm2dSpec: LayerSpec = {
  name: "layerNorm2d",
  formula: "y = γ·(x − μ)/√(σ² + ε) + β, μ and σ² over the channels at each position",
  shapes: "N×C×H×W → the same",
  source: "Ba, Kiros and Hinton 2016, arXiv:1607.06450; Liu et al. 2022, arXiv:2201.03545",
  torch: "torchvision.models.convnext.LayerNorm2d",
  // biome-ignore format: one case a line
  samples: [
    { name: "affine", make: () => layerNorm2d(), inputs: [{ shape: [5, 3, 2] }], output: [5, 3, 2], states: { weight: [5], bias: [5] }, torch: "torchvision.models.convnext.LayerNorm2d(5)" },
    { name: "far from zero, bare", make: () => layerNorm2d({ affine: false, eps: 1e-6 }), inputs: [{ shape: [5, 3, 2], low: 99, high: 101 }], output: [5, 3, 2], torch: "torchvision.models.convnext.LayerNorm2d(5, eps=1e-6, elementwise_affine=False)" },
  ],
};
