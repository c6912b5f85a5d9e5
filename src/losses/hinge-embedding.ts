/**
 * L = x where y = 1, max(0, m − x) where y = −1: distances x, small for what belongs together and at least m apart for
 * what does not (Hadsell, Chopra and LeCun 2006, without the squares).
 */
import type { Tensor } from "../graph/tensor.ts";
import { eachReduction, type LossSpec } from "./loss-spec.ts";
import { type Reduction, reduce } from "./reduction.ts";
import { checkSameShape } from "./same-shape.ts";

export interface HingeEmbeddingOptions {
  /** 1 by default. */
  readonly margin?: number;
  /** "mean" by default. */
  readonly reduction?: Reduction;
}

/** Distances and targets ±1 of one shape. */
export function hingeEmbedding(
  distance: Tensor,
  target: Tensor,
  { margin = 1, reduction = "mean" }: HingeEmbeddingOptions = {},
): Tensor {
  checkSameShape("hingeEmbedding", { distance, target });
  const apart = distance.builder.apply("clamp", [distance.rsub(margin)], { min: 0 });
  return reduce(target.eq(1).where(distance, target.eq(-1).where(apart, 0)), reduction);
}

export const hingeEmbeddingSpec: LossSpec = {
  name: "hingeEmbedding",
  formula: "L = x where y = 1, max(0, m − x) where y = −1",
  shapes: "x, y of one shape → scalar",
  source: "Hadsell, Chopra and LeCun 2006, CVPR",
  torch: "nn.HingeEmbeddingLoss",
  samples: /* @__PURE__ */ eachReduction((reduction) => ({
    name: "margin 0.8",
    inputs: [
      { shape: [2], low: 0, high: 2 },
      { shape: [2], values: [1, -1, -1, 1, 1, 1, -1, -1, 1, -1] },
    ],
    gradients: [0],
    run: (x, y) => hingeEmbedding(x, y, { margin: 0.8, reduction }),
    torch: `lambda x, y: F.hinge_embedding_loss(x, y, margin=0.8, reduction="${reduction}")`,
  })),
};
