/** y = √x. */
import type { Oracle } from "./op.ts";
import { type UnaryOp, unary } from "./pointwise.ts";
import { each, unarySamples } from "./samples.ts";

export const sqrt: UnaryOp = unary({
  name: "sqrt",
  // y′ = 1 / (2·y)
  vjp: (_g, ct, _x, _attrs, y) => [ct.mul(0.5).div(y)],
  lower: (e, x) => e.unary("sqrt", x),
});

export const sqrtOracle: Oracle = {
  reference: /* @__PURE__ */ each(Math.sqrt),
  samples: /* @__PURE__ */ unarySamples({ low: 0.1, high: 5 }),
  torch: "x.sqrt()",
};
