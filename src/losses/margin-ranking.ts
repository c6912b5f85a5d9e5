/** L = max(0, −y·(a − b) + m): a should rank above b where y = 1, below it where y = −1. */
import type { Tensor } from "../graph/tensor.ts";
import { eachReduction, type LossSpec } from "./loss-spec.ts";
import { type Reduction, reduce } from "./reduction.ts";
import { checkSameShape } from "./same-shape.ts";

export interface MarginRankingOptions {
  /** 0 by default. */
  readonly margin?: number;
  /** "mean" by default. */
  readonly reduction?: Reduction;
}

/** Two scores and targets ±1, all of one shape. */
export function marginRanking(
  a: Tensor,
  b: Tensor,
  target: Tensor,
  { margin = 0, reduction = "mean" }: MarginRankingOptions = {},
): Tensor {
  checkSameShape("marginRanking", { a, b, target });
  const excess = a.sub(b).mul(target).rsub(margin);
  return reduce(a.builder.apply("clamp", [excess], { min: 0 }), reduction);
}

export const marginRankingSpec: LossSpec = {
  name: "marginRanking",
  formula: "L = max(0, −y·(a − b) + m), y = ±1",
  shapes: "a, b, y of one shape → scalar",
  source: "Herbrich, Graepel and Obermayer 1999, ICANN",
  torch: "nn.MarginRankingLoss",
  // biome-ignore format: one case a line
  samples: [
    /* @__PURE__ */ eachReduction((reduction) => ({ name: "margin 0.3", inputs: [{ shape: [2] }, { shape: [2] }, { shape: [2], values: [1, -1, -1, 1, 1, 1, -1, -1, 1, -1] }], run: (a, b, y) => marginRanking(a, b, y, { margin: 0.3, reduction }), torch: `lambda a, b, y: F.margin_ranking_loss(a, b, y, margin=0.3, reduction="${reduction}")` })),
    { name: "equal scores", inputs: [{ shape: [], values: [1, 2, 0, 0, 3] }, { shape: [], values: [1, 2, 0, 1, 3] }, { shape: [], values: [1, -1, -1, 1, 1] }], run: (a, b, y) => marginRanking(a, b, y), torch: "lambda a, b, y: F.margin_ranking_loss(a, b, y)" },
  ],
};
