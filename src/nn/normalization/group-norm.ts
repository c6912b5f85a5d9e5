/**
 * y = γ_c·(x − μ)/√(σ² + ε) + β_c, with μ and σ² over the positions and channels of each group of C/G channels of
 * each example (Wu and He 2018, arXiv:1803.08494). It does not depend on the batch: one group is layer normalisation
 * over the whole image, a channel a group is instance normalisation.
 */
import { ConvkitError } from "../../core/error.ts";
import { formatShape } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { ones, zeros } from "../init/constant.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Module } from "../module.ts";
import { checkNorm, scaleChannels, standardize } from "./standardize.ts";

export interface GroupNormOptions {
  readonly eps?: number;
  readonly affine?: boolean;
}

export class GroupNorm extends Module {
  readonly numGroups: number;
  readonly options: GroupNormOptions;

  constructor(numGroups: number, options: GroupNormOptions = {}) {
    super();
    if (!Number.isInteger(numGroups) || numGroups < 1) {
      throw new ConvkitError(
        "groupNorm",
        `${numGroups} groups — a positive whole number is needed`,
      );
    }
    checkNorm("groupNorm", options.eps);
    this.numGroups = numGroups;
    this.options = options;
  }

  override get kind(): string {
    return "groupNorm";
  }

  forward(x: Tensor): Tensor {
    const { numGroups: groups } = this;
    const { eps = 1e-5, affine = true } = this.options;
    const [n, c, ...positions] = x.shape;
    if (x.rank < 2 || c % groups !== 0) {
      throw new ConvkitError(
        "groupNorm",
        `${groups} groups of the channels of ${formatShape(x.shape)} — takes N×C×…, groups divide C`,
      );
    }
    const split = x.reshape(n, groups, c / groups, ...positions);
    const axes = split.shape.map((_, i) => i).slice(2);
    const y = standardize(split, axes, eps).reshape(...x.shape);
    if (!affine) return y;
    const gamma = this.param("weight", [c], ones());
    const beta = this.param("bias", [c], zeros());
    return scaleChannels(y, gamma, beta);
  }
}

/** `groupNorm(32)`: 32 groups of channels; the number of channels is read off the input. */
export const groupNorm = (numGroups: number, options: GroupNormOptions = {}): GroupNorm =>
  new GroupNorm(numGroups, options);

export const groupNormSpec: LayerSpec = {
  name: "groupNorm",
  formula:
    "y = γ·(x − μ)/√(σ² + ε) + β, μ and σ² over the C/G channels of a group and all positions",
  shapes: "N×C×… → the same",
  source: "Wu and He 2018, arXiv:1803.08494, equation 7",
  torch: "nn.GroupNorm",
  // biome-ignore format: one case a line
  samples: [
    { name: "images", make: () => groupNorm(3), inputs: [{ shape: [6, 3, 4] }], output: [6, 3, 4], states: { weight: [6], bias: [6] }, torch: "nn.GroupNorm(3, 6)" },
    { name: "far from zero, bare", make: () => groupNorm(2, { affine: false, eps: 1e-3 }), inputs: [{ shape: [4, 3, 3], low: 99, high: 101 }], output: [4, 3, 3], torch: "nn.GroupNorm(2, 4, eps=1e-3, affine=False)" },
    { name: "rows", make: () => groupNorm(2), inputs: [{ shape: [6] }], output: [6], states: { weight: [6], bias: [6] }, torch: "nn.GroupNorm(2, 6)" },
    { name: "sequences, one group", make: () => groupNorm(1), inputs: [{ shape: [5, 3] }], output: [5, 3], states: { weight: [5], bias: [5] }, torch: "nn.GroupNorm(1, 5)" },
  ],
};
