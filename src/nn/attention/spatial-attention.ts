/**
 * Every place times a gate that the mean and the largest of its channels and of those around decide upon:
 *
 *     y = x·σ(BN(w ⋆ [mean_c(x), max_c(x)]))
 *
 * (Woo et al. 2018, CBAM, arXiv:1807.06521, equation 3; the norm is that of the authors' code): the second half of `cbam`,
 * under timm's names.
 */
import { ConvkitError } from "../../core/error.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { conv2d } from "../convolution/conv2d.ts";
import { checkImages } from "../images.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { type Mode, Module } from "../module.ts";
import { batchNorm2d } from "../normalization/batch-norm.ts";

/** The convolution and its norm, which timm keeps one level deeper. */
class ConvNorm extends Module {
  readonly conv;
  readonly bn = batchNorm2d();

  constructor(kernel: number) {
    super();
    this.conv = conv2d(1, { kernel, padding: (kernel - 1) / 2, bias: false });
  }

  override get kind(): string {
    return "convNorm";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    return this.bn.call(this.conv.call(x, mode), mode);
  }
}

export class SpatialAttention extends Module {
  readonly conv;

  constructor(kernel: number) {
    super();
    if (!Number.isInteger(kernel) || kernel < 1 || kernel % 2 === 0) {
      throw new ConvkitError(this.kind, `kernel is ${kernel}, expected an odd number`);
    }
    this.conv = new ConvNorm(kernel);
  }

  override get kind(): string {
    return "spatialAttention";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    checkImages(this.kind, x);
    const { builder } = x;
    const maps = builder.apply("concat", [x.mean(1, true), x.amax(1, true)], { axis: 1 });
    return x.mul(builder.apply("sigmoid", [this.conv.call(maps, mode)]));
  }
}

/** N×C×H×W → the same. */
export const spatialAttention = (kernel = 7): SpatialAttention => new SpatialAttention(kernel);

export const spatialAttentionSpec: LayerSpec = {
  name: "spatialAttention",
  formula: "y = x·σ(BN(w ⋆ [mean_c(x), max_c(x)]))",
  shapes: "N×C×H×W → the same",
  source: "Woo et al. 2018, arXiv:1807.06521, equation 3",
  torch: "timm.layers.cbam.SpatialAttn",
  // biome-ignore format: one case a line
  samples: [
    { name: "3×3", make: () => spatialAttention(3), inputs: [{ shape: [3, 4, 3], distinct: 0.01 }], output: [3, 4, 3], states: { "conv.conv.weight": [1, 2, 3, 3], "conv.bn.weight": [1], "conv.bn.bias": [1], "conv.bn.running_mean": [1], "conv.bn.running_var": [1], "conv.bn.num_batches_tracked": [] }, draw: { "conv.bn.running_var": { low: 0.5, high: 2 } }, torch: "place_gates" },
  ],
};
