/**
 * L = −w·(y·log p + (1 − y)·log(1 − p)) of probabilities p. As in PyTorch logarithms are at least −100, and the slope
 * is (p − y)/max(p·(1 − p), 1e-12), so that p = 0 and p = 1 give finite numbers. Of logits, `bceWithLogits` is exact.
 */
import { customGradient } from "../autodiff/custom-gradient.ts";
import type { Tensor } from "../graph/tensor.ts";
import { eachReduction, type LossSpec } from "./loss-spec.ts";
import { type Reduction, reduce } from "./reduction.ts";
import { checkSameShape } from "./same-shape.ts";

export interface BceOptions {
  /** Multiplies the losses; broadcasts against them. */
  readonly weight?: Tensor;
  /** "mean" by default. */
  readonly reduction?: Reduction;
}

/** Probabilities in [0, 1] and targets of one shape. */
export function bce(
  probability: Tensor,
  target: Tensor,
  { weight, reduction = "mean" }: BceOptions = {},
): Tensor {
  checkSameShape("bce", { probability, target });
  const loss = binaryEntropy(probability, target);
  return reduce(weight ? loss.mul(weight) : loss, reduction);
}

const binaryEntropy = (probability: Tensor, target: Tensor): Tensor =>
  customGradient(
    (p, y) =>
      y
        .mul(boundedLog(p))
        .add(y.rsub(1).mul(boundedLog(p.rsub(1))))
        .neg(),
    (ct, [p, y]) => [
      ct.mul(p.sub(y).div(p.mul(p.rsub(1)).maximum(LEAST))),
      ct.mul(boundedLog(p.rsub(1)).sub(boundedLog(p))),
    ],
  )(probability, target);

/** PyTorch holds this number in single precision. */
const LEAST = Math.fround(1e-12);

const boundedLog = (p: Tensor): Tensor => p.log().maximum(-100);

export const bceSpec: LossSpec = {
  name: "bce",
  formula: "L = −w·(y·log p + (1 − y)·log(1 − p))",
  shapes: "p, y of one shape → scalar",
  source: "Bernoulli likelihood; Solla, Levin and Fleisher 1988, Complex Systems 2",
  torch: "nn.BCELoss",
  // biome-ignore format: one case a line
  samples: [
    /* @__PURE__ */ eachReduction((reduction) => ({ name: "weight", inputs: [{ shape: [3, 2], low: 0.02, high: 0.98 }, { shape: [3, 2], low: 0, high: 1 }, { shape: [2], static: true }], gradients: [0, 1], run: (p, y, weight) => bce(p, y, { weight, reduction }), torch: `lambda p, y, w: F.binary_cross_entropy(p, y, w.detach(), reduction="${reduction}")` })),
    { name: "certainty", inputs: [{ shape: [2], values: [0, 1, 0, 1, 0, 1, 0.5, 1, 0, 1] }, { shape: [2], values: [0, 1, 1, 0, 0.5, 0.5, 1, 1, 0, 1] }], gradients: [0], run: (p, y) => bce(p, y, { reduction: "none" }), torch: 'lambda p, y: F.binary_cross_entropy(p, y.detach(), reduction="none")' },
  ],
};
