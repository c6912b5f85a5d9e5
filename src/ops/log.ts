/** y = ln x. */
import type { Oracle } from "./op.ts";
import { type UnaryOp, unary } from "./pointwise.ts";
import { each, unarySamples } from "./samples.ts";

export const log: UnaryOp = unary({
  name: "log",
  vjp: (_g, ct, [x]) => [ct.div(x)],
  lower: (e, x) => e.unary("log", x),
  flops: 8,
});

export const logOracle: Oracle = {
  reference: /* @__PURE__ */ each(Math.log),
  samples: /* @__PURE__ */ unarySamples({ low: 0.1, high: 5 }),
  torch: "x.log()",
};
