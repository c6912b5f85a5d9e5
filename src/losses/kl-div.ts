/**
 * L = y·(log y − x), the terms of the divergence of a distribution y from one of log-probabilities x (Kullback and
 * Leibler 1951). As in PyTorch the default mean is over all elements; `batchmean`, Σ/N, is the divergence itself.
 */
import { ConvkitError } from "../core/error.ts";
import { formatShape } from "../core/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import { logOfPositive } from "./log-of-positive.ts";
import { eachReduction, type LossSpec } from "./loss-spec.ts";
import { type Reduction, reduce } from "./reduction.ts";
import { checkSameShape } from "./same-shape.ts";

export interface KlDivOptions {
  /** The target holds log-probabilities too; false by default. */
  readonly logTarget?: boolean;
  /** "mean" by default. */
  readonly reduction?: Reduction | "batchmean";
}

/** Log-probabilities and a target of one shape, N×…. */
export function klDiv(
  input: Tensor,
  target: Tensor,
  { logTarget = false, reduction = "mean" }: KlDivOptions = {},
): Tensor {
  checkSameShape("klDiv", { input, target });
  const loss = logTarget
    ? target.exp().mul(target.sub(input))
    : target.mul(logOfPositive(target).sub(input));
  return reduction === "batchmean" ? batchMean(loss) : reduce(loss, reduction);
}

function batchMean(loss: Tensor): Tensor {
  if (loss.rank === 0) {
    throw new ConvkitError("klDiv", `batchmean needs examples N×…, got ${formatShape(loss.shape)}`);
  }
  const inner = loss.shape.map((_, i) => i).slice(1);
  return loss.sum(inner).mean();
}

export const klDivSpec: LossSpec = {
  name: "klDiv",
  formula: "L = y·(log y − x)",
  shapes: "x, y N×… → scalar",
  source: "Kullback and Leibler 1951, Annals of Mathematical Statistics 22",
  torch: "nn.KLDivLoss",
  // biome-ignore format: one case a line
  samples: [
    /* @__PURE__ */ eachReduction((reduction) => ({ name: "probabilities", inputs: [{ shape: [4], low: -4, high: 0 }, { shape: [4], low: 0.01, high: 0.5 }], run: (x, y) => klDiv(x, y, { reduction }), torch: `lambda x, y: F.kl_div(x, y, reduction="${reduction}")` })),
    { name: "target logarithms, batchmean", inputs: [{ shape: [4], low: -4, high: 0 }, { shape: [4], low: -4, high: 0 }], run: (x, y) => klDiv(x, y, { logTarget: true, reduction: "batchmean" }), torch: 'lambda x, y: F.kl_div(x, y, reduction="batchmean", log_target=True)' },
    { name: "zeros, batchmean", inputs: [{ shape: [2], low: -4, high: 0 }, { shape: [2], values: [0, 1, 0.5, 0.5, 1, 0, 0, 0, 0.25, 0.75] }], gradients: [0], run: (x, y) => klDiv(x, y, { reduction: "batchmean" }), torch: 'lambda x, y: F.kl_div(x, y.detach(), reduction="batchmean")' },
  ],
};
