/**
 * Attention with several heads, of queries to keys and values that may come from elsewhere:
 *
 *     y = concat over heads (softmax(Q·Kᵀ/√E + M)·V)·Wₒᵀ + bₒ,  Q = q·W_qᵀ + b_q,  K = k·W_kᵀ + b_k,  V = v·W_vᵀ + b_v
 *
 * (Vaswani et al. 2017, arXiv:1706.03762, section 3.2.2). The batch comes first, as with PyTorch's `batch_first=True`,
 * and the weights of the heads are not returned.
 */
import { ConvkitError } from "../../core/error.ts";
import { formatShape } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { type Maker, module } from "../function-module.ts";
import { zeros } from "../init/constant.ts";
import { xavierNormal, xavierUniform } from "../init/xavier.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { linear } from "../linear/linear.ts";
import { type AnyModule, type Mode, Module } from "../module.ts";
import { dropout } from "../regularization/dropout.ts";
import { checkHeads, joinHeads, splitHeads } from "./heads.ts";
import { scaledDotProductAttention } from "./scaled-dot-product-attention.ts";

export interface MultiheadAttentionOptions {
  /** Of the weights; 0 by default. */
  readonly dropout?: number;
  /** Of all four products; true by default. */
  readonly bias?: boolean;
  /** Adds a learned key and value to every sequence; false by default. */
  readonly addBiasKv?: boolean;
  /** Adds a key and a value of zeros to every sequence; false by default. */
  readonly addZeroAttn?: boolean;
  /** Channels of the keys, `embedDim` by default; where they differ from it, Q, K and V have a weight each. */
  readonly kdim?: number;
  /** Channels of the values, likewise. */
  readonly vdim?: number;
}

/** True forbids and numbers are added to the scores: PyTorch's masks for this layer. */
export interface AttentionMasks {
  /** N×S, bool or number: keys that no query sees, such as the padding of short sequences. */
  readonly keyPaddingMask?: Tensor;
  /** L×S, or N×heads×L×S. */
  readonly attnMask?: Tensor;
}

/** One tensor attends to itself. */
type Inputs = readonly [x: Tensor] | readonly [q: Tensor, k: Tensor, v: Tensor];

export class MultiheadAttention extends Module<Inputs> {
  readonly embedDim: number;
  readonly numHeads: number;
  readonly options: MultiheadAttentionOptions;
  readonly out_proj;
  readonly drop;

  constructor(embedDim: number, numHeads: number, options: MultiheadAttentionOptions) {
    super();
    checkHeads("multiheadAttention", embedDim, numHeads);
    this.embedDim = embedDim;
    this.numHeads = numHeads;
    this.options = options;
    this.out_proj = linear(embedDim, { bias: options.bias ?? true, biasInit: zeros() });
    this.drop = dropout(options.dropout ?? 0);
  }

  override get kind(): string {
    return "multiheadAttention";
  }

  forward(...args: readonly [...Inputs, Mode]): Tensor {
    const [q, k, v] = args.length === 2 ? [args[0], args[0], args[0]] : args;
    return this.#attend(q, k, v, {}, args[args.length - 1] as Mode);
  }

  /** The call with masks. */
  callMasked(q: Tensor, k: Tensor, v: Tensor, masks: AttentionMasks, mode: Mode): Tensor {
    const inputs = [q, k, v, ...Object.values(masks).filter((mask) => mask !== undefined)];
    return this.traceCall(inputs, mode, () => this.#attend(q, k, v, masks, mode));
  }

  #attend(q: Tensor, k: Tensor, v: Tensor, masks: AttentionMasks, mode: Mode): Tensor {
    this.#check(q, k, v);
    const [queries, ...own] = this.#project(q, k, v);
    const { addBiasKv = false, addZeroAttn = false } = this.options;
    const extra: Tensor[][] = own.map(() => []);
    if (addBiasKv) {
      const shape = [1, 1, this.embedDim];
      extra[0].push(this.param("bias_k", shape, xavierNormal()));
      extra[1].push(this.param("bias_v", shape, xavierNormal()));
    }
    if (addZeroAttn) for (const list of extra) list.push(q.builder.constant(0));
    const [keys, values] = own.map((t, i) => append(t, extra[i]));
    const attnMask = this.#mask(q, k, masks, extra[0].length);
    const heads = [queries, keys, values].map((t) => splitHeads(t, this.numHeads));
    const y = scaledDotProductAttention(heads[0], heads[1], heads[2], {
      attnMask,
      drop: (weights) => this.drop.call(weights, mode),
    });
    return this.out_proj.call(joinHeads(y), mode);
  }

  /** Q, K and V. */
  #project(q: Tensor, k: Tensor, v: Tensor): Tensor[] {
    const { embedDim: e, options } = this;
    const { bias = true, kdim = e, vdim = e } = options;
    const added = () => (bias ? this.param("in_proj_bias", [3 * e], zeros()) : undefined);
    const linearOf = (x: Tensor, w: Tensor, b: Tensor | undefined) => {
      const y = x.builder.apply("linear", [x, w]);
      return b ? y.add(b) : y;
    };
    const rows = (t: Tensor, i: number) => t.slice(0, i * e, (i + 1) * e);
    if (kdim !== e || vdim !== e) {
      const names = ["q_proj_weight", "k_proj_weight", "v_proj_weight"];
      const all = [q, k, v].map((x, i) => this.param(names[i], [e, x.shape[2]], xavierUniform()));
      const b = added();
      return [q, k, v].map((x, i) => linearOf(x, all[i], b && rows(b, i)));
    }
    const w = this.param("in_proj_weight", [3 * e, e], xavierUniform());
    const b = added();
    if (q.node === k.node && q.node === v.node) {
      const all = linearOf(q, w, b);
      return [0, 1, 2].map((i) => all.slice(2, i * e, (i + 1) * e));
    }
    return [q, k, v].map((x, i) => linearOf(x, rows(w, i), b && rows(b, i)));
  }

  /** Both masks as numbers, −∞ where a query may not see a key; the added keys are seen. */
  #mask(q: Tensor, k: Tensor, masks: AttentionMasks, added: number): Tensor | undefined {
    const { keyPaddingMask: padding, attnMask: own } = masks;
    const [n, l, s] = [q.shape[0], q.shape[1], k.shape[1]];
    const shown = (t: Tensor) => `${t.dtype} ${formatShape(t.shape)}`;
    if (padding && padding.shape.join() !== `${n},${s}`) {
      throw new ConvkitError(
        "multiheadAttention",
        `keyPaddingMask is ${shown(padding)}, expected ${n}×${s}`,
      );
    }
    const full = [n, this.numHeads, l, s];
    if (own && own.shape.join() !== `${l},${s}` && own.shape.join() !== full.join()) {
      throw new ConvkitError(
        "multiheadAttention",
        `attnMask is ${shown(own)}, expected ${l}×${s} or ${formatShape(full)}`,
      );
    }
    const given = [padding?.reshape(n, 1, 1, s), own].filter((mask) => mask !== undefined);
    if (given.length === 0) return undefined;
    const scores = given.map((mask) =>
      mask.dtype === "bool" ? mask.where(Number.NEGATIVE_INFINITY, 0) : mask,
    );
    const sum = scores.reduce((a, b) => a.add(b));
    const after = sum.shape.map((_, axis) => (axis === sum.rank - 1 ? added : 0));
    return added > 0 ? q.builder.apply("pad", [sum], { after }) : sum;
  }

  #check(q: Tensor, k: Tensor, v: Tensor): void {
    const { embedDim, options } = this;
    const widths = [embedDim, options.kdim ?? embedDim, options.vdim ?? embedDim];
    const fits =
      [q, k, v].every((t, i) => t.rank === 3 && t.shape[2] === widths[i]) &&
      k.shape[0] === q.shape[0] &&
      v.shape[0] === q.shape[0] &&
      k.shape[1] === v.shape[1];
    if (fits) return;
    const [of, ...others] = [q, k, v].map((t) => formatShape(t.shape));
    throw new ConvkitError(
      "multiheadAttention",
      `queries ${of}, keys ${others[0]}, values ${others[1]} — needs N×L×${widths[0]}, ` +
        `N×S×${widths[1]} and N×S×${widths[2]}`,
    );
  }
}

/** The tokens after those of N×T×D, the same for every image. */
function append(x: Tensor, tokens: readonly Tensor[]): Tensor {
  if (tokens.length === 0) return x;
  const { builder, batched } = x;
  const shape = [x.shape[0], 1, x.shape[2]];
  const repeated = tokens.map((t) => builder.apply("broadcastTo", [t], { shape, batched }));
  return builder.apply("concat", [x, ...repeated], { axis: 1 });
}

/** Q, K, V of `embedDim`, `kdim` and `vdim` channels → N×L×`embedDim`; or one tensor that attends to itself. */
export const multiheadAttention = (
  embedDim: number,
  numHeads: number,
  options: MultiheadAttentionOptions = {},
): MultiheadAttention => new MultiheadAttention(embedDim, numHeads, options);

/** The layer with masks as its last inputs: what samples can call. */
const masked = (
  options: MultiheadAttentionOptions,
  names: readonly (keyof AttentionMasks)[],
): AnyModule =>
  module<readonly Tensor[]>("masked", (...args) => {
    const m = args[args.length - 1] as Maker;
    const [x, ...masks] = args.slice(0, -1) as Tensor[];
    const layer = m.child("attn", () => multiheadAttention(4, 2, options));
    const named = Object.fromEntries(names.map((name, i) => [name, masks[i]]));
    return layer.callMasked(x, x, x, named, m.mode);
  });

// biome-ignore format: one state a line
const states = { in_proj_weight: [12, 4], in_proj_bias: [12], "out_proj.weight": [4, 4], "out_proj.bias": [4] };
// biome-ignore format: one state a line
const within = { "attn.in_proj_weight": [12, 4], "attn.in_proj_bias": [12], "attn.out_proj.weight": [4, 4], "attn.out_proj.bias": [4] };

export const multiheadAttentionSpec: LayerSpec = {
  name: "multiheadAttention",
  formula: "y = concat over heads (softmax(Q·Kᵀ/√E + M)·V)·Wₒᵀ + bₒ",
  shapes: "N×L×D, N×S×K, N×S×V → N×L×D",
  source: "Vaswani et al. 2017, arXiv:1706.03762, section 3.2.2",
  torch: "nn.MultiheadAttention(…, batch_first=True)",
  // biome-ignore format: one case a line
  samples: [
    { name: "self", make: () => multiheadAttention(4, 2), inputs: [{ shape: [5, 4] }], output: [5, 4], states, torch: "attend_to_itself(4, 2)" },
    { name: "cross", make: () => multiheadAttention(4, 2), inputs: [{ shape: [3, 4] }, { shape: [5, 4] }, { shape: [5, 4] }], output: [3, 4], states, torch: "nn.MultiheadAttention(4, 2, batch_first=True)" },
    { name: "other widths, added keys, no bias", make: () => multiheadAttention(6, 3, { kdim: 2, vdim: 5, bias: false, addBiasKv: true, addZeroAttn: true }), inputs: [{ shape: [3, 6] }, { shape: [4, 2] }, { shape: [4, 5] }], output: [3, 6], states: { q_proj_weight: [6, 6], k_proj_weight: [6, 2], v_proj_weight: [6, 5], bias_k: [1, 1, 6], bias_v: [1, 1, 6], "out_proj.weight": [6, 6] }, torch: "nn.MultiheadAttention(6, 3, bias=False, add_bias_kv=True, add_zero_attn=True, kdim=2, vdim=5, batch_first=True)" },
    { name: "padded keys", make: () => masked({ addZeroAttn: true }, ["keyPaddingMask"]), inputs: [{ shape: [3, 4] }, { shape: [3], dtype: "bool" }], output: [3, 4], states: within, torch: "lambda x, m, p: masked_attention(x, p, padding=m.bool(), add_zero_attn=True)" },
    { name: "both masks", make: () => masked({}, ["keyPaddingMask", "attnMask"]), inputs: [{ shape: [3, 4] }, { shape: [3], low: -2, high: 2 }, { shape: [3, 3], dtype: "bool", values: [0, 1, 1, 0, 0, 1, 1, 0, 0], static: true }], output: [3, 4], states: within, torch: "lambda x, m, a, p: masked_attention(x, p, padding=m, attn=a.bool())" },
    { name: "dropout", make: () => multiheadAttention(4, 2, { dropout: 0.3 }), inputs: [{ shape: [5, 4] }], output: [5, 4], states },
  ],
};
