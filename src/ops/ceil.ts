/** y = ⌈x⌉; its gradient is 0. */
import type { Oracle } from "./op.ts";
import { type UnaryOp, unary } from "./pointwise.ts";
import { each, unarySamples } from "./samples.ts";

export const ceil: UnaryOp = unary({
  name: "ceil",
  vjp: () => [null],
  lower: (e, x) => e.unary("ceil", x),
});

export const ceilOracle: Oracle = {
  reference: /* @__PURE__ */ each(Math.ceil),
  samples: /* @__PURE__ */ unarySamples({ low: -3, high: 3 }),
  torch: "x.ceil()",
};
