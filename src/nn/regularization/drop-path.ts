/**
 * Stochastic depth: in training the branch of a residual block is 0 with probability p, else x/(1 − p), for each image
 * ("row") or for the batch as a whole ("batch"); in evaluation y = x (Huang et al. 2016). It stands at the branch's end:
 * `residual(sequential(…, dropPath(0.1)))`. The authors let p rise from block to block.
 */
import type { Tensor } from "../../graph/tensor.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { type Mode, Module } from "../module.ts";
import { checkProbability, drawKept } from "./drop.ts";

export interface DropPathOptions {
  /** "row" by default. */
  readonly mode?: "row" | "batch";
  /** Without it what is kept stays x; true by default. */
  readonly scaleByKeep?: boolean;
}

export class DropPath extends Module {
  readonly p: number;
  readonly options: DropPathOptions;

  constructor(p: number, options: DropPathOptions) {
    super();
    checkProbability("dropPath", p);
    this.p = p;
    this.options = options;
  }

  override get kind(): string {
    return "dropPath";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const { p } = this;
    const { mode: unit = "row", scaleByKeep = true } = this.options;
    if (!mode.training || p === 0) return x;
    const kept = drawKept("dropPath", x, mode, p, unit === "row" ? 1 : 0);
    return kept.where(scaleByKeep ? x.mul(1 / (1 - p)) : x, 0);
  }
}

export const dropPath = (p: number, options: DropPathOptions = {}): DropPath =>
  new DropPath(p, options);

export const dropPathSpec: LayerSpec = {
  name: "dropPath",
  formula: "y = x/(1 − p) with probability 1 − p, else 0, for whole images; in evaluation y = x",
  shapes: "N×… → the same",
  source: "Huang et al. 2016, arXiv:1603.09382, section 3",
  torch: "torchvision.ops.StochasticDepth",
  // biome-ignore format: one case a line
  samples: [
    { name: "row", make: () => dropPath(0.4), inputs: [{ shape: [2, 3, 5] }], output: [2, 3, 5], torch: "torchvision.ops.StochasticDepth(0.4, 'row')" },
    { name: "batch", make: () => dropPath(0.4, { mode: "batch" }), inputs: [{ shape: [5] }], output: [5], torch: "torchvision.ops.StochasticDepth(0.4, 'batch')" },
    { name: "not scaled", make: () => dropPath(0.4, { scaleByKeep: false }), inputs: [{ shape: [5] }], output: [5], torch: "nn.Identity()" },
  ],
};
