/** y = sin x, and y = cos x: each is the other's derivative, up to its sign. */
import type { Oracle } from "./op.ts";
import { type UnaryOp, unary } from "./pointwise.ts";
import { each, unarySamples } from "./samples.ts";

export const sin: UnaryOp = unary({
  name: "sin",
  vjp: (_g, ct, [x]) => [ct.mul(x.builder.apply(cos, [x]))],
  lower: (e, x) => e.unary("sin", x),
  flops: 10,
});

export const sinOracle: Oracle = {
  reference: /* @__PURE__ */ each(Math.sin),
  samples: /* @__PURE__ */ unarySamples({ low: -6, high: 6 }),
  torch: "x.sin()",
};

export const cos: UnaryOp = unary({
  name: "cos",
  vjp: (_g, ct, [x]) => [ct.mul(x.builder.apply(sin, [x])).neg()],
  lower: (e, x) => e.unary("cos", x),
  flops: 10,
});

export const cosOracle: Oracle = {
  reference: /* @__PURE__ */ each(Math.cos),
  samples: /* @__PURE__ */ unarySamples({ low: -6, high: 6 }),
  torch: "x.cos()",
};
