/**
 * Self-attention of vision transformers, with one product for queries, keys and values:
 *
 *     [Q K V] = x·Wᵀ + b     y = concat over heads (softmax(Q·Kᵀ/√E)·V)·Wₚᵀ + bₚ
 *
 * (Dosovitskiy et al. 2020, arXiv:2010.11929, equations 5–8), under timm's names `qkv` and `proj`. With queries and keys
 * of their own it is `multiheadAttention`.
 */
import { ConvkitError } from "../../core/error.ts";
import { formatShape } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { linear } from "../linear/linear.ts";
import { type Mode, Module } from "../module.ts";
import { layerNorm } from "../normalization/layer-norm.ts";
import { dropout } from "../regularization/dropout.ts";
import { checkHeads, joinHeads, splitQkv } from "./heads.ts";
import { scaledDotProductAttention } from "./scaled-dot-product-attention.ts";

export interface AttentionOptions {
  /** 8 by default. */
  readonly numHeads?: number;
  /** Whether Q, K and V have a bias; false by default, as in timm, though ViT's own blocks set it. */
  readonly qkvBias?: boolean;
  /**
   * Layer norm over the channels of each query and key (Dehghani et al. 2023, arXiv:2302.05442, section 2); false by
   * default.
   */
  readonly qkNorm?: boolean;
  /** Dropout of the weights; 0 by default. */
  readonly attnDrop?: number;
  /** Dropout of the result; 0 by default. */
  readonly projDrop?: number;
}

export class Attention extends Module {
  readonly dim: number;
  readonly numHeads: number;
  readonly qkv;
  readonly q_norm;
  readonly k_norm;
  readonly attn_drop;
  readonly proj;
  readonly proj_drop;

  constructor(dim: number, options: AttentionOptions = {}) {
    super();
    const { numHeads = 8, qkvBias = false, qkNorm = false, attnDrop = 0, projDrop = 0 } = options;
    checkHeads("attention", dim, numHeads);
    this.dim = dim;
    this.numHeads = numHeads;
    this.qkv = linear(3 * dim, { bias: qkvBias });
    this.q_norm = qkNorm ? layerNorm() : undefined;
    this.k_norm = qkNorm ? layerNorm() : undefined;
    this.attn_drop = dropout(attnDrop);
    this.proj = linear(dim);
    this.proj_drop = dropout(projDrop);
  }

  override get kind(): string {
    return "attention";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    if (x.rank !== 3 || x.shape[2] !== this.dim) {
      throw new ConvkitError(
        "attention",
        `takes tokens N×T×${this.dim}, got ${formatShape(x.shape)}`,
      );
    }
    const [q, k, v] = splitQkv(this.qkv.call(x, mode), this.numHeads);
    const y = scaledDotProductAttention(
      this.q_norm?.call(q, mode) ?? q,
      this.k_norm?.call(k, mode) ?? k,
      v,
      { drop: (weights) => this.attn_drop.call(weights, mode) },
    );
    return this.proj_drop.call(this.proj.call(joinHeads(y), mode), mode);
  }
}

/** N×T×`dim` → the same. */
export const attention = (dim: number, options: AttentionOptions = {}): Attention =>
  new Attention(dim, options);

export const attentionSpec: LayerSpec = {
  name: "attention",
  formula: "[Q K V] = x·Wᵀ + b, y = concat over heads (softmax(Q·Kᵀ/√E)·V)·Wₚᵀ + bₚ",
  shapes: "N×T×D → N×T×D",
  source: "Dosovitskiy et al. 2020, arXiv:2010.11929, equations 5–8",
  torch: "timm.layers.Attention",
  // biome-ignore format: one case a line
  samples: [
    { name: "two heads", make: () => attention(6, { numHeads: 2 }), inputs: [{ shape: [5, 6] }], output: [5, 6], states: { "qkv.weight": [18, 6], "proj.weight": [6, 6], "proj.bias": [6] }, torch: "lambda x, p: self_attention(x, p, heads=2)" },
    { name: "bias", make: () => attention(8, { qkvBias: true }), inputs: [{ shape: [3, 8] }], output: [3, 8], states: { "qkv.weight": [24, 8], "qkv.bias": [24], "proj.weight": [8, 8], "proj.bias": [8] }, torch: "lambda x, p: self_attention(x, p, heads=8)" },
    { name: "dropout", make: () => attention(8, { attnDrop: 0.2, projDrop: 0.1 }), inputs: [{ shape: [3, 8] }], output: [3, 8], states: { "qkv.weight": [24, 8], "proj.weight": [8, 8], "proj.bias": [8] } },
  ],
};
