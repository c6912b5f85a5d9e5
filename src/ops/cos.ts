/** y = cos x. */
import type { Oracle } from "./op.ts";
import { type UnaryOp, unary } from "./pointwise.ts";
import { each, unarySamples } from "./samples.ts";

export const cos: UnaryOp = unary({
  name: "cos",
  vjp: (g, ct, [x]) => [ct.mul(g.sin(x)).neg()],
  lower: (e, x) => e.unary("cos", x),
  flops: 10,
});

export const cosOracle: Oracle = {
  reference: /* @__PURE__ */ each(Math.cos),
  samples: /* @__PURE__ */ unarySamples({ low: -6, high: 6 }),
  torch: "x.cos()",
};
