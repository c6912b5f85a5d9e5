/**
 * y = γ·(x − μ)/√(σ² + ε) + β, with μ and σ² over the last axes of each example (Ba, Kiros and Hinton 2016,
 * arXiv:1607.06450).
 */
import { ConvkitError } from "../../core/error.ts";
import { formatShape } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { layerNorm as layerNormOp } from "../../ops/layer-norm.ts";
import { ones, zeros } from "../init/constant.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Module } from "../module.ts";
import { checkNorm } from "./standardize.ts";

export interface LayerNormOptions {
  /** How many axes at the end are normalised together. */
  readonly axes?: number;
  readonly eps?: number;
  readonly affine?: boolean;
  /** False for γ alone. */
  readonly bias?: boolean;
}

export class LayerNorm extends Module {
  readonly options: LayerNormOptions;

  constructor(options: LayerNormOptions = {}) {
    super();
    if (typeof options !== "object" || Array.isArray(options)) {
      throw new ConvkitError(
        "layerNorm",
        `takes options, got ${options} — the sizes are inferred, give how many axes: { axes: 3 }`,
      );
    }
    checkNorm("layerNorm", options.eps);
    this.options = options;
  }

  override get kind(): string {
    return "layerNorm";
  }

  forward(x: Tensor): Tensor {
    const { axes = 1, eps = 1e-5, affine = true, bias = true } = this.options;
    checkAxes("layerNorm", axes, x);
    const shape = x.shape.slice(-axes);
    const { builder } = x;
    const same = (value: number) =>
      builder.apply("broadcastTo", [builder.constant(value, x.dtype)], { shape });
    const gamma = affine ? this.param("weight", shape, ones()) : same(1);
    const beta = affine && bias ? this.param("bias", shape, zeros()) : same(0);
    return builder.apply(layerNormOp, [x, gamma, beta], { eps });
  }
}

/** Throws unless x has so many axes besides that of the examples. */
export function checkAxes(where: string, axes: number, x: Tensor): void {
  if (Number.isInteger(axes) && axes >= 1 && axes < x.rank) return;
  throw new ConvkitError(
    where,
    `${axes} axes of ${formatShape(x.shape)} — at least one, and fewer than all of them`,
  );
}

export const layerNorm = (options: LayerNormOptions = {}): LayerNorm => new LayerNorm(options);

export const layerNormSpec: LayerSpec = {
  name: "layerNorm",
  formula: "y = γ·(x − μ)/√(σ² + ε) + β, μ and σ² over the last axes of each example",
  shapes: "N×… → the same",
  source: "Ba, Kiros and Hinton 2016, arXiv:1607.06450, equation 4",
  torch: "nn.LayerNorm",
  // biome-ignore format: one case a line
  samples: [
    { name: "two axes", make: () => layerNorm({ axes: 2 }), inputs: [{ shape: [3, 4, 2] }], output: [3, 4, 2], states: { weight: [4, 2], bias: [4, 2] }, torch: "nn.LayerNorm([4, 2])" },
    { name: "bare", make: () => layerNorm({ affine: false }), inputs: [{ shape: [6] }], output: [6], torch: "nn.LayerNorm(6, elementwise_affine=False)" },
    { name: "no shift", make: () => layerNorm({ bias: false }), inputs: [{ shape: [2, 5] }], output: [2, 5], states: { weight: [5] }, torch: "lambda x, p: F.layer_norm(x, [5], p['weight'])" },
  ],
};
