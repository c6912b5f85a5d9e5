/** L = 1 − cos(a, b) where y = 1, max(0, cos(a, b) − m) where y = −1: vectors that belong together point alike. */
import { ConvkitError } from "../core/error.ts";
import { formatShape, sameShape } from "../core/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import { eachReduction, type LossSpec } from "./loss-spec.ts";
import { type Reduction, reduce } from "./reduction.ts";
import { checkSameShape } from "./same-shape.ts";

export interface CosineEmbeddingOptions {
  /** 0 by default. */
  readonly margin?: number;
  /** "mean" by default. */
  readonly reduction?: Reduction;
}

/** Vectors N×D and targets ±1, N, as floats or i32. */
export function cosineEmbedding(
  a: Tensor,
  b: Tensor,
  target: Tensor,
  { margin = 0, reduction = "mean" }: CosineEmbeddingOptions = {},
): Tensor {
  checkSameShape("cosineEmbedding", { a, b });
  if (a.rank !== 2 || !sameShape(target.shape, a.shape.slice(0, 1))) {
    throw new ConvkitError(
      "cosineEmbedding",
      `takes vectors N×D and targets N, got ${formatShape(a.shape)} and ${formatShape(target.shape)}`,
    );
  }
  // PyTorch's own ε here, which keeps the length of 0 from dividing.
  const squares = (t: Tensor) => t.square().sum(1).add(1e-12);
  const cosine = a
    .mul(b)
    .sum(1)
    .div(squares(a).mul(squares(b)).sqrt());
  const apart = a.builder.apply("clamp", [cosine.sub(margin)], { min: 0 });
  return reduce(target.eq(1).where(cosine.rsub(1), target.eq(-1).where(apart, 0)), reduction);
}

export const cosineEmbeddingSpec: LossSpec = {
  name: "cosineEmbedding",
  formula: "L = 1 − cos(a, b) where y = 1, max(0, cos(a, b) − m) where y = −1",
  shapes: "a, b N×D, y N → scalar",
  source: "Chopra, Hadsell and LeCun 2005, CVPR, with cosines for distances",
  torch: "nn.CosineEmbeddingLoss",
  // biome-ignore format: one case a line
  samples: [
    /* @__PURE__ */ eachReduction((reduction) => ({ name: "margin 0.1", inputs: [{ shape: [4] }, { shape: [4] }, { shape: [], dtype: "i32", values: [1, -1, -1, 1, -1] }], run: (a, b, y) => cosineEmbedding(a, b, y, { margin: 0.1, reduction }), torch: `lambda a, b, y: F.cosine_embedding_loss(a, b, y, margin=0.1, reduction="${reduction}")` })),
  ],
};
