/**
 * y = x + P, P learned: a vector for each place of a sequence (Gehring et al. 2017, arXiv:1705.03122; Dosovitskiy
 * et al. 2020, arXiv:2010.11929, equation 1). A network that keeps P itself adds it with `x.add(p)`.
 */
import { ConvkitError } from "../../core/error.ts";
import { formatShape } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { Init } from "../init/initializer.ts";
import { truncNormal } from "../init/trunc-normal.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Module } from "../module.ts";

export class PositionEmbedding extends Module {
  readonly init: Init;

  constructor(init: Init) {
    super();
    this.init = init;
  }

  override get kind(): string {
    return "positionEmbedding";
  }

  forward(x: Tensor): Tensor {
    if (x.rank < 2) {
      throw new ConvkitError(
        "positionEmbedding",
        `takes tokens N×T×D, got ${formatShape(x.shape)}`,
      );
    }
    return x.add(this.param("pos_embed", [1, ...x.shape.slice(1)], this.init));
  }
}

/** N×T×D → the same; P starts as N(0, 0.02²), as in ViT. */
export const positionEmbedding = (init: Init = truncNormal({ std: 0.02 })): PositionEmbedding =>
  new PositionEmbedding(init);

export const positionEmbeddingSpec: LayerSpec = {
  name: "positionEmbedding",
  formula: "y = x + P",
  shapes: "N×T×D → the same",
  source: "Gehring et al. 2017, arXiv:1705.03122; Dosovitskiy et al. 2020, arXiv:2010.11929",
  torch: "pos_embed of timm.models.VisionTransformer",
  // biome-ignore format: one case a line
  samples: [
    { name: "tokens", make: () => positionEmbedding(), inputs: [{ shape: [3, 4] }], output: [3, 4], states: { pos_embed: [1, 3, 4] }, torch: "lambda x, p: x + p['pos_embed']" },
    { name: "a map", make: () => positionEmbedding(), inputs: [{ shape: [2, 3, 4] }], output: [2, 3, 4], states: { pos_embed: [1, 2, 3, 4] }, torch: "lambda x, p: x + p['pos_embed']" },
  ],
};
