/** y = |x|; the gradient at 0 is 0. */
import type { Oracle } from "./op.ts";
import { type UnaryOp, unary } from "./pointwise.ts";
import { each, unarySamples } from "./samples.ts";

export const abs: UnaryOp = unary({
  name: "abs",
  domain: "number",
  vjp: (g, ct, [x]) => [ct.mul(g.sign(x))],
  lower: (e, x) => e.unary("abs", x),
});

export const absOracle: Oracle = {
  reference: /* @__PURE__ */ each(Math.abs),
  samples: /* @__PURE__ */ unarySamples(),
  torch: "x.abs()",
};
