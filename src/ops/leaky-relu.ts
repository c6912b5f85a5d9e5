/** y = x where x > 0, else s·x (Maas, Hannun and Ng 2013); s is 0.01 as in PyTorch. */
import type { Op, Oracle } from "./op.ts";
import { unary } from "./pointwise.ts";
import { each, unarySamples } from "./samples.ts";

export type LeakyReluAttrs = { readonly negativeSlope: number };

export const leakyRelu: Op<LeakyReluAttrs, 1> = unary<LeakyReluAttrs>({
  name: "leakyRelu",
  normalize: ({ negativeSlope = 0.01 }) => ({ negativeSlope }),
  vjp: (_g, ct, [x], { negativeSlope }, y) => {
    // For s ≥ 0 the sign of y tells that of x, so that x need not be kept.
    const told = negativeSlope < 0 ? x : y;
    return [told.gt(0).where(ct, ct.mul(negativeSlope))];
  },
  lower: (e, x, { negativeSlope }) => {
    const scaled = e.binary("mul", x, e.constant(negativeSlope, x.dtype));
    return e.select(e.binary("gt", x, e.constant(0, x.dtype)), x, scaled);
  },
  flops: 2,
});

export const leakyReluOracle: Oracle<LeakyReluAttrs> = {
  reference: /* @__PURE__ */ each((x, { negativeSlope }) => (x > 0 ? x : negativeSlope * x)),
  samples: [
    /* @__PURE__ */ unarySamples({ attrs: { negativeSlope: 0.01 } }),
    { name: "steep", inputs: [{ shape: [9] }], attrs: { negativeSlope: 0.2 } },
    { name: "rising to the left", inputs: [{ shape: [9] }], attrs: { negativeSlope: -0.5 } },
  ],
  torch: 'F.leaky_relu(x, attrs["negativeSlope"])',
};
