/** y = eˣ. */
import type { Oracle } from "./op.ts";
import { type UnaryOp, unary } from "./pointwise.ts";
import { each, unarySamples } from "./samples.ts";

export const exp: UnaryOp = unary({
  name: "exp",
  vjp: (_g, ct, _x, _attrs, y) => [ct.mul(y)],
  lower: (e, x) => e.unary("exp", x),
  flops: 8,
});

export const expOracle: Oracle = {
  reference: /* @__PURE__ */ each(Math.exp),
  samples: /* @__PURE__ */ unarySamples({ low: -4, high: 4 }),
  torch: "x.exp()",
};
