/** y = sin x. */
import type { Oracle } from "./op.ts";
import { type UnaryOp, unary } from "./pointwise.ts";
import { each, unarySamples } from "./samples.ts";

export const sin: UnaryOp = unary({
  name: "sin",
  vjp: (g, ct, [x]) => [ct.mul(g.cos(x))],
  lower: (e, x) => e.unary("sin", x),
  flops: 10,
});

export const sinOracle: Oracle = {
  reference: /* @__PURE__ */ each(Math.sin),
  samples: /* @__PURE__ */ unarySamples({ low: -6, high: 6 }),
  torch: "x.sin()",
};
