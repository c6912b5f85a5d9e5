/** y = σ(x) = 1 / (1 + e⁻ˣ). */
import type { Oracle } from "./op.ts";
import { type UnaryOp, unary } from "./pointwise.ts";
import { each, unarySamples } from "./samples.ts";

export const sigmoid: UnaryOp = unary({
  name: "sigmoid",
  // y′ = y·(1 − y)
  vjp: (_g, ct, _x, _attrs, y) => [ct.mul(y.mul(y.rsub(1)))],
  lower: (e, x) => e.unary("sigmoid", x),
  flops: 10,
});

export const sigmoidOracle: Oracle = {
  reference: /* @__PURE__ */ each((x) => 1 / (1 + Math.exp(-x))),
  samples: /* @__PURE__ */ unarySamples({ low: -6, high: 6 }),
  torch: "torch.sigmoid(x)",
};
