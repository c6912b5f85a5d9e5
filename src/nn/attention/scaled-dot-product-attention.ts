/**
 * softmax(Q·Kᵀ·s + M)·V, s = 1/√E: every query takes a weighted mean of the values, the heavier the better its key fits
 * (Vaswani et al. 2017, arXiv:1706.03762, equation 1).
 */
import { ConvkitError } from "../../core/error.ts";
import { formatShape } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { Parameter } from "../../tensor/parameter.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { type Mode, Module } from "../module.ts";
import { dropout } from "../regularization/dropout.ts";

export interface AttentionCall {
  /**
   * Broadcasts to N×…×L×S. Bools say which keys a query may see, as in PyTorch's function of this name (its
   * `MultiheadAttention` has them the other way round); numbers are added to the scores, −∞ forbids.
   */
  readonly attnMask?: Tensor;
  /** Query i sees the keys 0 … i; without `attnMask` only. */
  readonly isCausal?: boolean;
  /** 1/√E by default. */
  readonly scale?: number;
  /** Applied to the weights: dropout, in training. */
  readonly drop?: (weights: Tensor) => Tensor;
}

/** Scores below it count as −∞; it is finite so that nothing becomes ∞ − ∞. */
const LOWEST = -1e30;

/**
 * Queries N×…×L×E, keys N×…×S×E, values N×…×S×V → N×…×L×V. A query that may see no key gets zeros and no gradient, as
 * from PyTorch 2.5 on (before it was NaN).
 */
export function scaledDotProductAttention(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  { attnMask, isCausal = false, scale, drop = (weights) => weights }: AttentionCall = {},
): Tensor {
  checkAttention(q, k, v);
  if (attnMask && isCausal) {
    throw new ConvkitError(
      "scaledDotProductAttention",
      "attnMask and isCausal are both given — put the causal part into the mask",
    );
  }
  const scores = q.mul(scale ?? 1 / Math.sqrt(q.shape[q.rank - 1])).matmul(k, { transposeB: true });
  return drop(attentionWeights(scores, isCausal ? causalMask(scores) : attnMask)).matmul(v);
}

/** Softmax over the last axis of those scores that the mask allows; zeros where it allows none. */
function attentionWeights(scores: Tensor, mask: Tensor | undefined): Tensor {
  const { builder } = scores;
  if (!mask) return builder.apply("softmax", [scores], { axis: -1 });
  const allowed = mask.dtype === "bool" ? mask : mask.gt(LOWEST);
  const added = mask.dtype === "bool" ? scores : scores.add(mask);
  const weights = builder.apply("softmax", [allowed.where(added, LOWEST)], { axis: -1 });
  return allowed.where(weights, 0);
}

/** L×S, true where the column is not after the row. */
function causalMask({ builder, shape }: Tensor): Tensor {
  const [l, s] = shape.slice(-2);
  const count = (name: string, of: readonly number[], n: number) =>
    builder.state(
      new Parameter(name, of, () => Array.from({ length: n }, (_, i) => i), {
        dtype: "i32",
        trainable: false,
      }),
    );
  return count("query", [l, 1], l).ge(count("key", [1, s], s));
}

function checkAttention(q: Tensor, k: Tensor, v: Tensor): void {
  const leading = (t: Tensor) => t.shape.slice(0, -2).join();
  const [s, e] = k.shape.slice(-2);
  const fits =
    q.rank >= 3 &&
    leading(q) === leading(k) &&
    leading(q) === leading(v) &&
    q.shape[q.rank - 1] === e &&
    v.shape[v.rank - 2] === s;
  if (fits) return;
  const named = `queries ${formatShape(q.shape)}, keys ${formatShape(k.shape)}, values ${formatShape(v.shape)}`;
  throw new ConvkitError(
    "scaledDotProductAttention",
    `${named} — needs N×…×L×E, N×…×S×E and N×…×S×V`,
  );
}

export interface DotProductAttentionOptions {
  /** Dropout of the weights; 0 by default. */
  readonly dropoutP?: number;
  /** False by default. */
  readonly isCausal?: boolean;
  /** 1/√E by default. */
  readonly scale?: number;
}

/** The function as a layer without parameters: queries, keys, values, and a mask if there is one. */
export class DotProductAttention extends Module<
  readonly [Tensor, Tensor, Tensor] | readonly [Tensor, Tensor, Tensor, Tensor]
> {
  readonly options: DotProductAttentionOptions;
  readonly dropout;

  constructor(options: DotProductAttentionOptions) {
    super();
    this.options = options;
    this.dropout = dropout(options.dropoutP ?? 0);
  }

  override get kind(): string {
    return "dotProductAttention";
  }

  forward(
    ...args:
      | readonly [Tensor, Tensor, Tensor, Mode]
      | readonly [Tensor, Tensor, Tensor, Tensor, Mode]
  ): Tensor {
    const [q, k, v] = args;
    const mode = args[args.length - 1] as Mode;
    const { isCausal, scale } = this.options;
    return scaledDotProductAttention(q, k, v, {
      attnMask: args.length === 5 ? args[3] : undefined,
      isCausal,
      scale,
      drop: (weights) => this.dropout.call(weights, mode),
    });
  }
}

export const dotProductAttention = (
  options: DotProductAttentionOptions = {},
): DotProductAttention => new DotProductAttention(options);

export const dotProductAttentionSpec: LayerSpec = {
  name: "dotProductAttention",
  formula: "y = softmax(Q·Kᵀ/√E + M)·V",
  shapes: "N×…×L×E, N×…×S×E, N×…×S×V → N×…×L×V",
  source: "Vaswani et al. 2017, arXiv:1706.03762, equation 1",
  torch: "F.scaled_dot_product_attention",
  // biome-ignore format: one case a line
  samples: [
    { name: "sequences", make: () => dotProductAttention(), inputs: [{ shape: [3, 4], low: -2, high: 2 }, { shape: [5, 4], low: -2, high: 2 }, { shape: [5, 2] }], output: [3, 2], torch: "attend" },
    { name: "heads, another scale", make: () => dotProductAttention({ scale: 2 }), inputs: [{ shape: [2, 3, 4] }, { shape: [2, 5, 4] }, { shape: [2, 5, 3] }], output: [2, 3, 3], torch: "lambda q, k, v: attend(q, k, v, scale=2)" },
    { name: "causal", make: () => dotProductAttention({ isCausal: true }), inputs: [{ shape: [2, 4, 3] }, { shape: [2, 5, 3] }, { shape: [2, 5, 3] }], output: [2, 4, 3], torch: "lambda q, k, v: attend(q, k, v, causal=True)" },
    { name: "what may be seen", make: () => dotProductAttention(), inputs: [{ shape: [2, 3, 4] }, { shape: [2, 3, 4] }, { shape: [2, 3, 4] }, { shape: [3, 3], dtype: "bool", values: [1, 0, 1, 1, 1, 0, 0, 0, 1], static: true }], output: [2, 3, 4], torch: "lambda q, k, v, m: attend(q, k, v, allowed=m.bool())" },
    { name: "keys of each image", make: () => dotProductAttention(), inputs: [{ shape: [2, 3, 4] }, { shape: [2, 3, 4] }, { shape: [2, 3, 4] }, { shape: [1, 1, 3], dtype: "bool" }], output: [2, 3, 4], torch: "lambda q, k, v, m: attend(q, k, v, allowed=m.bool())" },
    { name: "added to the scores", make: () => dotProductAttention(), inputs: [{ shape: [2, 3, 4] }, { shape: [2, 5, 4] }, { shape: [2, 5, 3] }, { shape: [2, 3, 5], low: -3, high: 3 }], output: [2, 3, 3], torch: "lambda q, k, v, m: attend(q, k, v, added=m)" },
    { name: "dropout", make: () => dotProductAttention({ dropoutP: 0.5 }), inputs: [{ shape: [3, 4] }, { shape: [5, 4] }, { shape: [5, 2] }], output: [3, 2] },
  ],
};
