/** y = max(a, b); NaN when either is. Where they are equal each gets half of the gradient, as in PyTorch. */
import { sumTo } from "./broadcast.ts";
import type { Oracle } from "./op.ts";
import { type BinaryOp, binary } from "./pointwise.ts";
import { binarySamples, eachBroadcast } from "./samples.ts";

export const max: BinaryOp = binary({
  name: "max",
  domain: "number",
  vjp: (_g, ct, [a, b]) => {
    const tie = a.eq(b).where(ct.mul(0.5), 0);
    return [sumTo(a.gt(b).where(ct, tie), a), sumTo(b.gt(a).where(ct, tie), b)];
  },
  lower: (e, a, b) => e.binary("max", a, b),
});

export const maxOracle: Oracle = {
  reference: /* @__PURE__ */ eachBroadcast((a, b) => Math.max(a, b)),
  samples: /* @__PURE__ */ binarySamples(),
  torch: "torch.maximum(a, b)",
};
