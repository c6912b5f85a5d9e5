/**
 * y = γ·(x − μ)/√(σ² + ε) + β, with mean and (biased) variance over the last axes, those that γ and β have: layer
 * normalisation (Ba, Kiros and Hinton 2016, arXiv:1607.06450, equation 4).
 */
import { ConvkitError } from "../core/error.ts";
import { sameShape, sizeOf } from "../core/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import { formatType, sumTo } from "./broadcast.ts";
import type { G, Op, Oracle } from "./op.ts";
import { checkDomain, checkSameDType } from "./pointwise.ts";

export type LayerNormAttrs = { readonly eps: number };

/** x − μ and 1/√(σ² + ε), over the last `count` axes. */
function centredAndScale(g: G, x: Tensor, count: number, eps: number): readonly [Tensor, Tensor] {
  const over = { axes: lastAxes(x, count), keepDims: true };
  const one = x.builder.constant(1, x.dtype);
  return [x.sub(g.mean(x, over)), one.div(g.sqrt(g.var(x, over).add(eps)))];
}

const lastAxes = (x: Tensor, count: number): number[] =>
  Array.from({ length: count }, (_, i) => x.rank - count + i);

export const layerNorm: Op<LayerNormAttrs, 3> = {
  name: "layerNorm",
  normalize: ({ eps = 1e-5 }) => ({ eps }),
  infer: ([x, gamma, beta]) => {
    checkDomain("layerNorm", "float", [x, gamma, beta]);
    checkSameDType("layerNorm", [x, gamma, beta]);
    const rank = gamma.shape.length;
    const inner = x.shape.slice(x.shape.length - rank);
    const fits =
      rank > 0 &&
      rank + Number(x.batched) <= x.shape.length &&
      [gamma, beta].every((p) => sameShape(p.shape, inner) && !p.batched);
    if (!fits) {
      throw new ConvkitError(
        "layerNorm",
        "γ and β must have the sizes of the last axes of x, the batch axis (*) left out — " +
          `x ${formatType(x)}, γ ${formatType(gamma)}, β ${formatType(beta)}`,
      );
    }
    return { shape: x.shape, dtype: x.dtype, batched: x.batched };
  },
  compose: (g, [x, gamma, beta], { eps }) => {
    const [centred, scale] = centredAndScale(g, x, gamma.rank, eps);
    return centred.mul(scale).mul(gamma).add(beta);
  },
  // With x̂ = (x − μ)/√(σ² + ε) and t = ct·γ: dx = (t − mean t − x̂·mean(t·x̂))/√(σ² + ε).
  vjp: (g, ct, [x, gamma, beta], { eps }) => {
    const over = { axes: lastAxes(x, gamma.rank), keepDims: true };
    const [centred, scale] = centredAndScale(g, x, gamma.rank, eps);
    const xhat = centred.mul(scale);
    const t = ct.mul(gamma);
    const dx = t.sub(g.mean(t, over)).sub(xhat.mul(g.mean(t.mul(xhat), over)));
    return [dx.mul(scale), sumTo(ct.mul(xhat), gamma), sumTo(ct, beta)];
  },
  flops: ([x]) => 8 * sizeOf(x.shape),
};

export const layerNormOracle: Oracle<LayerNormAttrs> = {
  reference: ([x, gamma, beta], { eps }) => {
    const size = gamma.data.length;
    const y = new Float64Array(x.data.length);
    for (let start = 0; start < y.length; start += size) {
      const values = x.data.slice(start, start + size);
      const mu = values.reduce((sum, v) => sum + v, 0) / size;
      const variance = values.reduce((sum, v) => sum + (v - mu) ** 2, 0) / size;
      values.forEach((value, i) => {
        y[start + i] = ((value - mu) / Math.sqrt(variance + eps)) * gamma.data[i] + beta.data[i];
      });
    }
    return y;
  },
  // biome-ignore format: one case a line
  samples: [
    { name: "rows", inputs: [{ shape: [3, 8] }, { shape: [8], low: 0.5, high: 2 }, { shape: [8] }] },
    { name: "tokens", inputs: [{ shape: [2, 3, 5] }, { shape: [5], low: 0.5, high: 2 }, { shape: [5] }], attrs: { eps: 1e-6 } },
    { name: "images", inputs: [{ shape: [2, 3, 2, 4] }, { shape: [3, 2, 4] }, { shape: [3, 2, 4] }] },
    { name: "everything", inputs: [{ shape: [3, 4] }, { shape: [3, 4] }, { shape: [3, 4] }] },
    { name: "batch of rows", inputs: [{ shape: [17, 6] }, { shape: [6], static: true }, { shape: [6], static: true }], batched: true },
    { name: "batch of tokens", inputs: [{ shape: [5, 2, 4] }, { shape: [4], static: true }, { shape: [4], static: true }], batched: true },
  ],
  torch: 'F.layer_norm(x, b.shape, b, c, attrs["eps"])',
};
