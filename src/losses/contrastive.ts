/**
 * L = ½·(1 − y)·d² + ½·y·max(0, m − d)² with d = ‖a − b‖: pairs that are alike (y = 0) attract each other, others
 * (y = 1) repel within a margin (Hadsell, Chopra and LeCun 2006, equation 4, with the paper's meaning of y).
 */
import { ConvkitError } from "../core/error.ts";
import { formatShape, sameShape } from "../core/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import { eachReduction, type LossSpec } from "./loss-spec.ts";
import { pairwiseDistance } from "./pairwise-distance.ts";
import { type Reduction, reduce } from "./reduction.ts";
import { checkSameShape } from "./same-shape.ts";

export interface ContrastiveOptions {
  /** 1 by default. */
  readonly margin?: number;
  /** "mean" by default. */
  readonly reduction?: Reduction;
}

/** Vectors N×D and targets N as floats: 0 for pairs that are alike, 1 for others. */
export function contrastive(
  a: Tensor,
  b: Tensor,
  target: Tensor,
  { margin = 1, reduction = "mean" }: ContrastiveOptions = {},
): Tensor {
  checkSameShape("contrastive", { a, b });
  if (a.rank !== 2 || !sameShape(target.shape, a.shape.slice(0, 1))) {
    throw new ConvkitError(
      "contrastive",
      `takes vectors N×D and targets N, got ${formatShape(a.shape)} and ${formatShape(target.shape)}`,
    );
  }
  const d = pairwiseDistance(a, b, 2, 0);
  const lacking = a.builder.apply("relu", [d.rsub(margin)]);
  const loss = target.rsub(1).mul(d.square()).add(target.mul(lacking.square()));
  return reduce(loss.mul(0.5), reduction);
}

export const contrastiveSpec: LossSpec = {
  name: "contrastive",
  formula: "L = ½·(1 − y)·d² + ½·y·max(0, m − d)², d = ‖a − b‖",
  shapes: "a, b N×D, y N → scalar",
  source: "Hadsell, Chopra and LeCun 2006, CVPR, equation 4",
  torch: null,
  // biome-ignore format: one case a line
  samples: [
    /* @__PURE__ */ eachReduction((reduction) => ({ name: "margin 1.5", inputs: [{ shape: [4] }, { shape: [4] }, { shape: [], values: [1, 0, 0, 1, 1] }], gradients: [0, 1], run: (a, b, y) => contrastive(a, b, y, { margin: 1.5, reduction }), torch: `lambda a, b, y: contrastive(a, b, y, 1.5, reduction="${reduction}")` })),
  ],
};
