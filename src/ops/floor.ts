/** y = ⌊x⌋; its gradient is 0. */
import type { Oracle } from "./op.ts";
import { type UnaryOp, unary } from "./pointwise.ts";
import { each, unarySamples } from "./samples.ts";

export const floor: UnaryOp = unary({
  name: "floor",
  vjp: () => [null],
  lower: (e, x) => e.unary("floor", x),
});

export const floorOracle: Oracle = {
  reference: /* @__PURE__ */ each(Math.floor),
  samples: /* @__PURE__ */ unarySamples({ low: -3, high: 3 }),
  torch: "x.floor()",
};
