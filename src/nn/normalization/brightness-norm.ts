/**
 * y_i = x_i/(κ + λ·Σ_j x_j²)^μ, the sum over all channels at the same position, for rectified linear units:
 * localResponseNorm with a window over all channels. The defaults are the values of Krizhevsky, Sutskever and Hinton
 * 2012, who speak of a "brightness normalization".
 */
import { ConvkitError } from "../../core/error.ts";
import { formatShape } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Module } from "../module.ts";
import { power } from "../power.ts";

export interface BrightnessNormOptions {
  /** More than 0, so that nothing is divided by zero; 2 by default. */
  readonly kappa?: number;
  /** 1e-4 by default. */
  readonly lambda?: number;
  /** 3/4 by default. */
  readonly mu?: number;
}

export class BrightnessNorm extends Module {
  readonly options: BrightnessNormOptions;

  constructor(options: BrightnessNormOptions = {}) {
    super();
    const { kappa = 2 } = options;
    if (!(kappa > 0)) {
      throw new ConvkitError("brightnessNorm", `kappa is ${kappa}, expected more than 0`);
    }
    this.options = options;
  }

  override get kind(): string {
    return "brightnessNorm";
  }

  forward(x: Tensor): Tensor {
    const { kappa = 2, lambda = 1e-4, mu = 0.75 } = this.options;
    if (x.rank < 2) {
      throw new ConvkitError("brightnessNorm", `takes N×C×…, got ${formatShape(x.shape)}`);
    }
    return x.div(power(x.square().sum(1, true).mul(lambda).add(kappa), mu));
  }
}

export const brightnessNorm = (options: BrightnessNormOptions = {}): BrightnessNorm =>
  new BrightnessNorm(options);

export const brightnessNormSpec: LayerSpec = {
  name: "brightnessNorm",
  formula: "y_i = x_i/(κ + λ·Σ_j x_j²)^μ over all channels j at the same position",
  shapes: "N×C×… → the same",
  source:
    "Krizhevsky, Sutskever and Hinton 2012, NIPS 25, section 3.3, with a window over all channels",
  torch: null,
  // biome-ignore format: one case a line
  samples: [
    { name: "images", make: () => brightnessNorm({ lambda: 0.3 }), inputs: [{ shape: [4, 2, 3], low: -3, high: 3 }], output: [4, 2, 3], torch: "lambda x: brightness_norm(x, 2, 0.3, 0.75)" },
    { name: "rows", make: () => brightnessNorm({ kappa: 0.5, lambda: 2, mu: 0.4 }), inputs: [{ shape: [5] }], output: [5], torch: "lambda x: brightness_norm(x, 0.5, 2, 0.4)" },
  ],
};
