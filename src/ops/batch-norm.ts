/**
 * y = γ·(x − μ)/√(σ² + ε) + β, with the mean and the (biased) variance of each channel over all images and
 * positions: batch normalisation in training (Ioffe and Szegedy 2015, arXiv:1502.03167, algorithm 1). The means are
 * nodes of their own, so that running statistics share them.
 */
import { ConvkitError } from "../core/error.ts";
import { sizeOf } from "../core/shape.ts";
import type { RefArray } from "../graph/op.ts";
import type { Tensor } from "../graph/tensor.ts";
import { formatType } from "./broadcast.ts";
import type { G, Op, Oracle } from "./op.ts";
import { checkDomain, checkSameDType } from "./pointwise.ts";
import { reducedCount } from "./reduction.ts";

export type NormAttrs = { readonly eps: number };

/** All axes but that of the channels. */
const axesOf = (x: Tensor): number[] => x.shape.flatMap((_, i) => (i === 1 ? [] : [i]));

/** One value a channel, to stand against x. */
const spread = (perChannel: Tensor, x: Tensor): Tensor =>
  perChannel.reshape(...x.shape.map((_, i) => (i === 1 ? -1 : 1)));

/** x − μ and 1/√(σ² + ε). */
function centredAndScale(g: G, x: Tensor, eps: number): readonly [Tensor, Tensor] {
  const axes = axesOf(x);
  const mu = g.mean(x, { axes });
  const variance = g.var(x, { axes });
  const one = x.builder.constant(1, x.dtype);
  return [x.sub(spread(mu, x)), one.div(g.sqrt(variance.add(eps)))];
}

export const batchNorm: Op<NormAttrs, 3> = {
  name: "batchNorm",
  normalize: ({ eps = 1e-5 }) => ({ eps }),
  infer: ([x, gamma, beta]) => {
    checkDomain("batchNorm", "float", [x, gamma, beta]);
    checkSameDType("batchNorm", [x, gamma, beta]);
    const named = `x ${formatType(x)}, γ ${formatType(gamma)}, β ${formatType(beta)}`;
    if (x.shape.length < 2 || x.shape.length > 5) {
      throw new ConvkitError("batchNorm", `takes N×C×… of rank 2 to 5 — ${named}`);
    }
    for (const p of [gamma, beta]) {
      if (p.shape.length === 1 && p.shape[0] === x.shape[1] && !p.batched) continue;
      throw new ConvkitError("batchNorm", `γ and β must be of size ${x.shape[1]} — ${named}`);
    }
    return { shape: x.shape, dtype: x.dtype, batched: x.batched };
  },
  compose: (g, [x, gamma, beta], { eps }) => {
    const [centred, scale] = centredAndScale(g, x, eps);
    return centred.mul(spread(gamma.mul(scale), x)).add(spread(beta, x));
  },
  // With x̂ = (x − μ)/√(σ² + ε) and M elements a channel: s₁ = Σ ct, s₂ = Σ ct·x̂,
  // dx = γ/√(σ² + ε)·(ct − s₁/M − x̂·s₂/M), dγ = s₂, dβ = s₁.
  vjp: (g, ct, [x, gamma], { eps }) => {
    const axes = axesOf(x);
    const [centred, scale] = centredAndScale(g, x, eps);
    const m = reducedCount(x, axes);
    const s1 = ct.sum(axes);
    const s2 = ct.mul(centred).sum(axes).mul(scale);
    const slope = spread(s2.mul(scale).div(m), x);
    const dx = ct.sub(spread(s1.div(m), x)).sub(centred.mul(slope));
    return [dx.mul(spread(gamma.mul(scale), x)), s2, s1];
  },
  flops: ([x]) => 8 * sizeOf(x.shape),
};

function normalized([x, gamma, beta]: readonly RefArray[], { eps }: NormAttrs): Float64Array {
  const channels = x.shape[1];
  const inner = sizeOf(x.shape.slice(2));
  const channelOf = (i: number) => Math.floor(i / inner) % channels;
  const y = new Float64Array(x.data.length);
  for (let c = 0; c < channels; c++) {
    const values = x.data.filter((_, i) => channelOf(i) === c);
    const mu = values.reduce((sum, v) => sum + v, 0) / values.length;
    const variance = values.reduce((sum, v) => sum + (v - mu) ** 2, 0) / values.length;
    x.data.forEach((value, i) => {
      if (channelOf(i) !== c) return;
      y[i] = ((value - mu) / Math.sqrt(variance + eps)) * gamma.data[c] + beta.data[c];
    });
  }
  return y;
}

export const batchNormOracle: Oracle<NormAttrs> = {
  reference: normalized,
  // biome-ignore format: one case a line
  samples: [
    { name: "features", inputs: [{ shape: [6, 3] }, { shape: [3], low: 0.5, high: 2 }, { shape: [3] }] },
    { name: "signals", inputs: [{ shape: [2, 3, 5] }, { shape: [3], low: 0.5, high: 2 }, { shape: [3] }] },
    { name: "images", inputs: [{ shape: [2, 5, 3, 4] }, { shape: [5], low: 0.5, high: 2 }, { shape: [5] }], attrs: { eps: 1e-3 } },
    { name: "volumes", inputs: [{ shape: [2, 2, 2, 3, 2] }, { shape: [2], low: 0.5, high: 2 }, { shape: [2] }] },
    { name: "far from zero", inputs: [{ shape: [4, 2, 3, 3], low: 99, high: 101 }, { shape: [2] }, { shape: [2] }] },
    { name: "batch of features", inputs: [{ shape: [17, 3] }, { shape: [3], static: true }, { shape: [3], static: true }], batched: true },
    { name: "batch of images", inputs: [{ shape: [5, 3, 4, 2] }, { shape: [3], static: true }, { shape: [3], static: true }], batched: true },
  ],
  torch: 'F.batch_norm(x, None, None, b, c, True, 0.0, attrs["eps"])',
};
