/**
 * y = x·σ(x).  SiLU (Elfwing, Uchibe and Doya 2017, arXiv:1702.03118), also called swish.
 */
import type { Oracle } from "./op.ts";
import { type UnaryOp, unary } from "./pointwise.ts";
import { each, unarySamples } from "./samples.ts";

export const silu: UnaryOp = unary({
  name: "silu",
  // y′ = σ(x)·(1 + x·(1 − σ(x)))
  vjp: (g, ct, [x]) => {
    const s = g.sigmoid(x);
    return [ct.mul(s).mul(x.mul(s.rsub(1)).add(1))];
  },
  lower: (e, x) => e.binary("mul", x, e.unary("sigmoid", x)),
  flops: 11,
});

export const siluOracle: Oracle = {
  reference: /* @__PURE__ */ each((x) => x / (1 + Math.exp(-x))),
  samples: /* @__PURE__ */ unarySamples({ low: -6, high: 6 }),
  torch: "F.silu(x)",
};
