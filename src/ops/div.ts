/** y = a / b, of floats. */
import { sumTo } from "./broadcast.ts";
import type { Oracle } from "./op.ts";
import { type BinaryOp, binary } from "./pointwise.ts";
import { binarySamples, eachBroadcast } from "./samples.ts";

export const div: BinaryOp = binary({
  name: "div",
  // ∂y/∂a = 1/b, ∂y/∂b = −a/b² = −y/b
  vjp: (_g, ct, [a, b], _attrs, y) => {
    const byA = ct.div(b);
    return [sumTo(byA, a), sumTo(byA.mul(y), b).neg()];
  },
  lower: (e, a, b) => e.binary("div", a, b),
});

export const divOracle: Oracle = {
  reference: /* @__PURE__ */ eachBroadcast((a, b) => a / b),
  samples: /* @__PURE__ */ binarySamples({ low: -2, high: 2 }, { low: 0.5, high: 2 }),
  torch: "a / b",
};
