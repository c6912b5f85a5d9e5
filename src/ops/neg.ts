/** y = −x. */
import type { Oracle } from "./op.ts";
import { type UnaryOp, unary } from "./pointwise.ts";
import { each, unarySamples } from "./samples.ts";

export const neg: UnaryOp = unary({
  name: "neg",
  domain: "number",
  vjp: (_g, ct) => [ct.neg()],
  lower: (e, x) => e.unary("neg", x),
});

export const negOracle: Oracle = {
  reference: /* @__PURE__ */ each((x) => -x),
  samples: /* @__PURE__ */ unarySamples(),
  torch: "-x",
};
