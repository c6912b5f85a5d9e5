/** y = −1, 0 or 1, the sign of x; its gradient is 0. */
import type { Oracle } from "./op.ts";
import { type UnaryOp, unary } from "./pointwise.ts";
import { each, unarySamples } from "./samples.ts";

export const sign: UnaryOp = unary({
  name: "sign",
  domain: "number",
  vjp: () => [null],
  lower: (e, x) => e.unary("sign", x),
});

export const signOracle: Oracle = {
  reference: /* @__PURE__ */ each(Math.sign),
  samples: /* @__PURE__ */ unarySamples(),
  torch: "x.sign()",
};
