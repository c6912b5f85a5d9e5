/** yᵢ = e^(xᵢ − m) / Σⱼ e^(xⱼ − m) along an axis, with m = max x, so that nothing overflows. */
import { sizeOf } from "../core/shape.ts";
import { type AxisAttrs, eachLine, lineSamples, normalizeAxisOf } from "./axis.ts";
import type { Op, Oracle } from "./op.ts";
import { checkDomain } from "./pointwise.ts";

export const softmax: Op<AxisAttrs, 1> = {
  name: "softmax",
  normalize: normalizeAxisOf("softmax"),
  infer: ([x]) => {
    checkDomain("softmax", "float", [x]);
    return { shape: x.shape, dtype: x.dtype, batched: x.batched };
  },
  compose: (_g, [x], { axis }) => {
    const powers = x.sub(x.amax(axis, true)).exp();
    return powers.div(powers.sum(axis, true));
  },
  // ∂L/∂x = y·(ct − Σⱼ ctⱼ·yⱼ)
  vjp: (_g, ct, _x, { axis }, y) => [y.mul(ct.sub(ct.mul(y).sum(axis, true)))],
  flops: ([x]) => 12 * sizeOf(x.shape),
};

export const softmaxOracle: Oracle<AxisAttrs> = {
  reference: /* @__PURE__ */ eachLine((values) => {
    const top = Math.max(...values);
    const powers = values.map((x) => Math.exp(x - top));
    const total = powers.reduce((a, b) => a + b, 0);
    return powers.map((power) => power / total);
  }),
  samples: /* @__PURE__ */ lineSamples(),
  torch: 'F.softmax(x, attrs["axis"])',
};
