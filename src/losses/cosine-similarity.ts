/** y = a·b/(max(‖a‖, ε)·max(‖b‖, ε)) along an axis: the cosine of the angle between vectors. */
import { normalizeAxis } from "../core/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { LossSpec } from "./loss-spec.ts";
import { safeSqrt } from "./safe-sqrt.ts";
import { checkSameShape } from "./same-shape.ts";

export interface CosineSimilarityOptions {
  /** The axis of the vectors, 1 by default. */
  readonly axis?: number;
  /** Least length, 1e-8 by default. */
  readonly eps?: number;
}

/** Two tensors of one shape; the result lacks the axis. It is a measure of likeness: 1 − y is the loss. */
export function cosineSimilarity(
  a: Tensor,
  b: Tensor,
  { axis = 1, eps = 1e-8 }: CosineSimilarityOptions = {},
): Tensor {
  checkSameShape("cosineSimilarity", { a, b });
  const along = normalizeAxis("cosineSimilarity", axis, a.rank);
  const length = (t: Tensor) => safeSqrt(t.square().sum(along)).maximum(eps);
  return a
    .mul(b)
    .sum(along)
    .div(length(a).mul(length(b)));
}

export const cosineSimilaritySpec: LossSpec = {
  name: "cosineSimilarity",
  formula: "y = a·b/(max(‖a‖, ε)·max(‖b‖, ε))",
  shapes: "a, b N×C×… → N×…",
  source: "elementary",
  torch: "nn.CosineSimilarity",
  // biome-ignore format: one case a line
  samples: [
    { name: "rows", inputs: [{ shape: [4] }, { shape: [4] }], run: (a, b) => cosineSimilarity(a, b), torch: "lambda a, b: F.cosine_similarity(a, b)" },
    { name: "last axis", inputs: [{ shape: [2, 3] }, { shape: [2, 3] }], run: (a, b) => cosineSimilarity(a, b, { axis: -1 }), torch: "lambda a, b: F.cosine_similarity(a, b, dim=-1)" },
  ],
};
