/** y = min(a, b); NaN when either is. Where they are equal each gets half of the gradient, as in PyTorch. */
import { sumTo } from "./broadcast.ts";
import type { Oracle } from "./op.ts";
import { type BinaryOp, binary } from "./pointwise.ts";
import { binarySamples, eachBroadcast } from "./samples.ts";

export const min: BinaryOp = binary({
  name: "min",
  domain: "number",
  vjp: (_g, ct, [a, b]) => {
    const tie = a.eq(b).where(ct.mul(0.5), 0);
    return [sumTo(a.lt(b).where(ct, tie), a), sumTo(b.lt(a).where(ct, tie), b)];
  },
  lower: (e, a, b) => e.binary("min", a, b),
});

export const minOracle: Oracle = {
  reference: /* @__PURE__ */ eachBroadcast((a, b) => Math.min(a, b)),
  samples: /* @__PURE__ */ binarySamples(),
  torch: "torch.minimum(a, b)",
};
