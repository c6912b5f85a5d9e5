/** y = ln(1 + eˣ). */
import type { Oracle } from "./op.ts";
import { type UnaryOp, unary } from "./pointwise.ts";
import { each, unarySamples } from "./samples.ts";

export const softplus: UnaryOp = unary({
  name: "softplus",
  // y′ = σ(x)
  vjp: (g, ct, [x]) => [ct.mul(g.sigmoid(x))],
  lower: (e, x) => e.unary("softplus", x),
  flops: 18,
});

export const softplusOracle: Oracle = {
  reference: /* @__PURE__ */ each((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  samples: /* @__PURE__ */ unarySamples({ low: -6, high: 6 }),
  torch: "F.softplus(x)",
};
