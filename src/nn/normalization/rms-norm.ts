/**
 * y = γ·x/√(mean(x²) + ε) over the last axes of each example: layer normalisation without centring and shift (Zhang
 * and Sennrich 2019, arXiv:1910.07467, equation 4), with the options of PyTorch 2.4's nn.RMSNorm.
 */
import type { Tensor } from "../../graph/tensor.ts";
import { ones } from "../init/constant.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Module } from "../module.ts";
import { checkAxes } from "./layer-norm.ts";
import { checkNorm } from "./standardize.ts";

export interface RmsNormOptions {
  /** How many axes at the end are normalised together; 1 by default. */
  readonly axes?: number;
  /** 2⁻²³ by default: the distance from 1 to the next number in single precision. */
  readonly eps?: number;
  readonly affine?: boolean;
}

export class RmsNorm extends Module {
  readonly options: RmsNormOptions;

  constructor(options: RmsNormOptions = {}) {
    super();
    checkNorm("rmsNorm", options.eps);
    this.options = options;
  }

  override get kind(): string {
    return "rmsNorm";
  }

  forward(x: Tensor): Tensor {
    const { axes = 1, eps = 2 ** -23, affine = true } = this.options;
    checkAxes("rmsNorm", axes, x);
    const last = Array.from({ length: axes }, (_, i) => x.rank - axes + i);
    const rms = x.square().mean(last, true).add(eps).sqrt();
    const y = x.mul(x.builder.constant(1, x.dtype).div(rms));
    return affine ? y.mul(this.param("weight", x.shape.slice(-axes), ones())) : y;
  }
}

export const rmsNorm = (options: RmsNormOptions = {}): RmsNorm => new RmsNorm(options);

export const rmsNormSpec: LayerSpec = {
  name: "rmsNorm",
  formula: "y = γ·x/√(mean(x²) + ε), the mean over the last axes of each example",
  shapes: "N×… → the same",
  source: "Zhang and Sennrich 2019, arXiv:1910.07467, equation 4",
  torch: "nn.RMSNorm",
  // biome-ignore format: one case a line
  samples: [
    { name: "tokens", make: () => rmsNorm(), inputs: [{ shape: [3, 6] }], output: [3, 6], states: { weight: [6] }, torch: "lambda x, p: rms_norm(x, 1, 2.0**-23, p['weight'])" },
    { name: "two axes, bare", make: () => rmsNorm({ axes: 2, eps: 1e-3, affine: false }), inputs: [{ shape: [2, 4, 3] }], output: [2, 4, 3], torch: "lambda x: rms_norm(x, 2, 1e-3)" },
  ],
};
