/**
 * y = γ·(x − μ)/√(σ² + ε) + β with all four fixed, in training too: batch normalisation as detectors keep it in
 * pretrained backbones (He, Zhang, Ren and Sun 2015, arXiv:1512.03385, appendix A; torchvision.ops.FrozenBatchNorm2d).
 */
import type { Tensor } from "../../graph/tensor.ts";
import { checkImages } from "../images.ts";
import { ones, zeros } from "../init/constant.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Module } from "../module.ts";
import { checkNorm, normalizeWith } from "./standardize.ts";

export interface FrozenBatchNorm2dOptions {
  readonly eps?: number;
}

export class FrozenBatchNorm2d extends Module {
  readonly options: FrozenBatchNorm2dOptions;

  constructor(options: FrozenBatchNorm2dOptions = {}) {
    super();
    checkNorm("frozenBatchNorm2d", options.eps);
    this.options = options;
  }

  override get kind(): string {
    return "frozenBatchNorm2d";
  }

  forward(x: Tensor): Tensor {
    checkImages(this.kind, x);
    const { eps = 1e-5 } = this.options;
    const c = [x.shape[1]];
    const gamma = this.buffer("weight", c, ones());
    const beta = this.buffer("bias", c, zeros());
    const mean = this.buffer("running_mean", c, zeros());
    const variance = this.buffer("running_var", c, ones());
    return normalizeWith(x, { mean, variance, gamma, beta }, eps);
  }
}

export const frozenBatchNorm2d = (options: FrozenBatchNorm2dOptions = {}): FrozenBatchNorm2d =>
  new FrozenBatchNorm2d(options);

export const frozenBatchNorm2dSpec: LayerSpec = {
  name: "frozenBatchNorm2d",
  formula: "y = γ·(x − μ)/√(σ² + ε) + β, none of which is trained",
  shapes: "N×C×H×W → the same",
  source: "He, Zhang, Ren and Sun 2015, arXiv:1512.03385, appendix A",
  torch: "torchvision.ops.FrozenBatchNorm2d",
  // biome-ignore format: one case a line
  samples: [
    { name: "training", make: () => frozenBatchNorm2d({ eps: 1e-3 }), inputs: [{ shape: [3, 2, 4] }], output: [3, 2, 4], states: { weight: [3], bias: [3], running_mean: [3], running_var: [3] }, draw: { running_var: { low: 0.5, high: 2 } }, torch: "torchvision.ops.FrozenBatchNorm2d(3, eps=1e-3)", training: true },
  ],
};
