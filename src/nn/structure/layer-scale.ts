/**
 * y = γ·x with a learned γ for each channel that begins near 0, so that a deep network's blocks begin near the identity
 * (Touvron et al. 2021). The parameter is `gamma`, as in timm's files; torchvision's ConvNeXt keeps it in its blocks
 * under the name `layer_scale`.
 */
import { normalizeAxis } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { perChannel } from "../channels.ts";
import { constant } from "../init/constant.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Module } from "../module.ts";

export interface LayerScaleOptions {
  /** CaiT has 1e-4 to 1e-6 by depth, ConvNeXt 1e-6; 1e-5 by default, as in timm. */
  readonly initValue?: number;
  /** Of the channels: 1 by default, −1 for tokens N×L×C. */
  readonly axis?: number;
}

export class LayerScale extends Module {
  readonly options: LayerScaleOptions;

  constructor(options: LayerScaleOptions) {
    super();
    this.options = options;
  }

  override get kind(): string {
    return "layerScale";
  }

  forward(x: Tensor): Tensor {
    const { initValue = 1e-5, axis = 1 } = this.options;
    const at = normalizeAxis("layerScale", axis, x.rank);
    return x.mul(perChannel(this.param("gamma", [x.shape[at]], constant(initValue)), x, at));
  }
}

export const layerScale = (options: LayerScaleOptions = {}): LayerScale => new LayerScale(options);

export const layerScaleSpec: LayerSpec = {
  name: "layerScale",
  formula: "y = γ·x, one γ for each channel",
  shapes: "N×C×H×W or N×L×C → the same",
  source: "Touvron et al. 2021, arXiv:2103.17239, section 2",
  torch: "timm.layers.LayerScale",
  // biome-ignore format: one case a line
  samples: [
    { name: "images", make: () => layerScale(), inputs: [{ shape: [3, 2, 5] }], output: [3, 2, 5], states: { gamma: [3] }, torch: "lambda x, p: torch.einsum('nchw,c->nchw', x, p['gamma'])" },
    { name: "tokens", make: () => layerScale({ initValue: 1, axis: -1 }), inputs: [{ shape: [4, 3] }], output: [4, 3], states: { gamma: [3] }, torch: "lambda x, p: torch.einsum('nlc,c->nlc', x, p['gamma'])" },
  ],
};
