/** yᵢ = xᵢ − m − ln Σⱼ e^(xⱼ − m) along an axis, with m = max x. */
import { sizeOf } from "../core/shape.ts";
import { type AxisAttrs, eachLine, lineSamples, normalizeAxisOf } from "./axis.ts";
import type { Op, Oracle } from "./op.ts";
import { checkDomain } from "./pointwise.ts";

export const logSoftmax: Op<AxisAttrs, 1> = {
  name: "logSoftmax",
  normalize: normalizeAxisOf("logSoftmax"),
  infer: ([x]) => {
    checkDomain("logSoftmax", "float", [x]);
    return { shape: x.shape, dtype: x.dtype, batched: x.batched };
  },
  compose: (_g, [x], { axis }) => {
    const centred = x.sub(x.amax(axis, true));
    return centred.sub(centred.exp().sum(axis, true).log());
  },
  // ∂L/∂x = ct − softmax(x)·Σⱼ ctⱼ, and softmax(x) = eʸ
  vjp: (_g, ct, _x, { axis }, y) => [ct.sub(y.exp().mul(ct.sum(axis, true)))],
  flops: ([x]) => 12 * sizeOf(x.shape),
};

export const logSoftmaxOracle: Oracle<AxisAttrs> = {
  reference: /* @__PURE__ */ eachLine((values) => {
    const top = Math.max(...values);
    const total = values.reduce((sum, x) => sum + Math.exp(x - top), 0);
    return values.map((x) => x - top - Math.log(total));
  }),
  samples: /* @__PURE__ */ lineSamples(),
  torch: 'F.log_softmax(x, attrs["axis"])',
};
