/** The nearest integer, halves to the even one (IEEE 754); its gradient is 0. */
import type { Oracle } from "./op.ts";
import { type UnaryOp, unary } from "./pointwise.ts";
import { each, unarySamples } from "./samples.ts";

export const round: UnaryOp = unary({
  name: "round",
  vjp: () => [null],
  lower: (e, x) => e.unary("round", x),
});

export const roundOracle: Oracle = {
  reference: /* @__PURE__ */ each((x) => {
    const down = Math.floor(x);
    if (x - down === 0.5) return 2 * Math.round(down / 2);
    return Math.round(x);
  }),
  samples: /* @__PURE__ */ unarySamples({ low: -3, high: 3 }),
  torch: "x.round()",
};
