/** y = tanh x. */
import type { Oracle } from "./op.ts";
import { type UnaryOp, unary } from "./pointwise.ts";
import { each, unarySamples } from "./samples.ts";

export const tanh: UnaryOp = unary({
  name: "tanh",
  // y′ = 1 − y²
  vjp: (_g, ct, _x, _attrs, y) => [ct.mul(y.square().rsub(1))],
  lower: (e, x) => e.unary("tanh", x),
  flops: 10,
});

export const tanhOracle: Oracle = {
  reference: /* @__PURE__ */ each(Math.tanh),
  samples: /* @__PURE__ */ unarySamples({ low: -3, high: 3 }),
  torch: "x.tanh()",
};
