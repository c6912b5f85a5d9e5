/**
 * L = max(0, d(a, p) − d(a, n) + m): an anchor a lies nearer to a positive p of its kind than to a negative n, by a
 * margin (Balntas et al. 2016, BMVC). With `swap` the negative may also be near the positive: d(a, n) is then
 * min(d(a, n), d(p, n)).
 */
import { ConvkitError } from "../core/error.ts";
import type { Tensor } from "../graph/tensor.ts";
import { eachReduction, type LossSpec } from "./loss-spec.ts";
import { pairwiseDistance } from "./pairwise-distance.ts";
import { type Reduction, reduce } from "./reduction.ts";
import { checkSameShape } from "./same-shape.ts";

export interface TripletMarginOptions {
  /** 1 by default. */
  readonly margin?: number;
  /** Of the norm ‖·‖_p; 2 by default. */
  readonly p?: number;
  /** Added to differences; 1e-6 by default. */
  readonly eps?: number;
  /** False by default. */
  readonly swap?: boolean;
  /** "mean" by default. */
  readonly reduction?: Reduction;
}

/** Three tensors of vectors N×D. */
export function tripletMargin(
  anchor: Tensor,
  positive: Tensor,
  negative: Tensor,
  { margin = 1, p = 2, eps = 1e-6, swap = false, reduction = "mean" }: TripletMarginOptions = {},
): Tensor {
  if (!(p > 0)) throw new ConvkitError("tripletMargin", `p is ${p}, expected a number above 0`);
  checkSameShape("tripletMargin", { anchor, positive, negative });
  const toPositive = pairwiseDistance(anchor, positive, p, eps);
  let toNegative = pairwiseDistance(anchor, negative, p, eps);
  if (swap) toNegative = toNegative.minimum(pairwiseDistance(positive, negative, p, eps));
  const excess = toPositive.sub(toNegative).add(margin);
  return reduce(anchor.builder.apply("clamp", [excess], { min: 0 }), reduction);
}

export const tripletMarginSpec: LossSpec = {
  name: "tripletMargin",
  formula: "L = max(0, d(a, p) − d(a, n) + m)",
  shapes: "a, p, n N×D → scalar",
  source: "Balntas et al. 2016, BMVC; Schroff et al. 2015, arXiv:1503.03832",
  torch: "nn.TripletMarginLoss",
  // biome-ignore format: one case a line
  samples: [
    /* @__PURE__ */ eachReduction((reduction) => ({ name: "defaults", inputs: [{ shape: [4] }, { shape: [4] }, { shape: [4] }], run: (a, p, n) => tripletMargin(a, p, n, { reduction }), torch: `lambda a, p, n: F.triplet_margin_loss(a, p, n, reduction="${reduction}")` })),
    { name: "p 3, swap", inputs: [{ shape: [4] }, { shape: [4] }, { shape: [4] }], run: (a, p, n) => tripletMargin(a, p, n, { margin: 0.4, p: 3, swap: true }), torch: "lambda a, p, n: F.triplet_margin_loss(a, p, n, margin=0.4, p=3, swap=True)" },
    { name: "p 1", inputs: [{ shape: [4] }, { shape: [4] }, { shape: [4] }], run: (a, p, n) => tripletMargin(a, p, n, { p: 1 }), torch: "lambda a, p, n: F.triplet_margin_loss(a, p, n, p=1)" },
  ],
};
