/**
 * L = max(0, m − y·x) for targets y = ±1: the loss of support vector machines (Cortes and Vapnik 1995); `squared` its
 * square, for convolutional networks with such a machine on top (Tang 2013, arXiv:1306.0239).
 */
import type { Tensor } from "../graph/tensor.ts";
import { eachReduction, type LossSpec } from "./loss-spec.ts";
import { type Reduction, reduce } from "./reduction.ts";
import { checkSameShape } from "./same-shape.ts";

export interface HingeOptions {
  /** 1 by default. */
  readonly margin?: number;
  /** False by default. */
  readonly squared?: boolean;
  /** "mean" by default. */
  readonly reduction?: Reduction;
}

/** Scores and targets ±1 of one shape. */
export function hinge(
  score: Tensor,
  target: Tensor,
  { margin = 1, squared = false, reduction = "mean" }: HingeOptions = {},
): Tensor {
  checkSameShape("hinge", { score, target });
  const loss = score.builder.apply("relu", [score.mul(target).rsub(margin)]);
  return reduce(squared ? loss.square() : loss, reduction);
}

export const hingeSpec: LossSpec = {
  name: "hinge",
  formula: "L = max(0, m − y·x), y = ±1",
  shapes: "x, y of one shape → scalar",
  source: "Cortes and Vapnik 1995, Machine Learning 20; squared: Tang 2013, arXiv:1306.0239",
  torch: null,
  // biome-ignore format: one case a line
  samples: [
    /* @__PURE__ */ eachReduction((reduction) => ({ name: "plain", inputs: [{ shape: [2], low: -2, high: 2 }, { shape: [2], values: [1, -1, -1, 1, 1, 1, -1, -1, 1, -1] }], run: (x, y) => hinge(x, y, { reduction }), torch: `lambda x, y: hinge(x, y, reduction="${reduction}")` })),
    { name: "squared, margin 0.5", inputs: [{ shape: [2], low: -2, high: 2 }, { shape: [2], values: [1, -1, -1, 1, 1, 1, -1, -1, 1, -1] }], run: (x, y) => hinge(x, y, { margin: 0.5, squared: true }), torch: "lambda x, y: hinge(x, y, 0.5, 2)" },
  ],
};
