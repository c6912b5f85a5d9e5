/**
 * L = ½·Σ p·log(p/m) + ½·Σ q·log(q/m) with m = ½·(p + q), over axis 1: the Jensen-Shannon divergence of two
 * distributions, at most log 2 (Lin 1991).
 */
import type { Tensor } from "../graph/tensor.ts";
import { checkScores } from "./class-labels.ts";
import { logOfPositive } from "./log-of-positive.ts";
import { eachReduction, type LossSpec } from "./loss-spec.ts";
import { type Reduction, reduce } from "./reduction.ts";
import { checkSameShape } from "./same-shape.ts";

/** Probabilities N×K(×…) of one shape; without a reduction N(×…). */
export function jsDivergence(
  p: Tensor,
  q: Tensor,
  { reduction = "mean" }: { reduction?: Reduction } = {},
): Tensor {
  checkScores("jsDivergence", p);
  checkSameShape("jsDivergence", { p, q });
  const logM = logOfPositive(p.add(q).mul(0.5));
  const from = (t: Tensor) => t.mul(logOfPositive(t).sub(logM));
  return reduce(from(p).add(from(q)).sum(1).mul(0.5), reduction);
}

export const jsDivergenceSpec: LossSpec = {
  name: "jsDivergence",
  formula: "L = ½·Σ p·log(p/m) + ½·Σ q·log(q/m), m = ½·(p + q)",
  shapes: "p, q N×K(×…) → scalar",
  source: "Lin 1991, IEEE Transactions on Information Theory 37",
  torch: null,
  // biome-ignore format: one case a line
  samples: [
    /* @__PURE__ */ eachReduction((reduction) => ({ name: "rows", inputs: [{ shape: [4], low: 0.01, high: 0.5 }, { shape: [4], low: 0.01, high: 0.5 }], run: (p, q) => jsDivergence(p, q, { reduction }), torch: `lambda p, q: js_divergence(p, q, reduction="${reduction}")` })),
  ],
};
