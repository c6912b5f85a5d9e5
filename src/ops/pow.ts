/** y = aᵇ, of floats; NaN where a < 0 and b is no integer, as in C. */
import { sumTo } from "./broadcast.ts";
import type { Oracle } from "./op.ts";
import { type BinaryOp, binary } from "./pointwise.ts";
import { binarySamples, eachBroadcast } from "./samples.ts";

export const pow: BinaryOp = binary({
  name: "pow",
  vjp: (_g, ct, [a, b], _attrs, y) => {
    // ∂y/∂a = b·aᵇ⁻¹. For b = 0 the exponent 1 keeps 0·0⁻¹ out of the result.
    const lowered = b.eq(0).where(1, b.sub(1));
    const byA = ct.mul(b).mul(a.pow(lowered));
    // ∂y/∂b = y·ln a where a > 0, else 0; the logarithm never sees the other values.
    const positive = a.gt(0);
    const byB = positive.where(ct.mul(y), 0).mul(positive.where(a, 1).log());
    return [sumTo(byA, a), sumTo(byB, b)];
  },
  lower: (e, a, b) => e.binary("pow", a, b),
  flops: 10,
});

export const powOracle: Oracle = {
  // JavaScript's 1 ** NaN and 1 ** ∞ are NaN; C's, and ours, are 1.
  reference: /* @__PURE__ */ eachBroadcast((a, b) => (a === 1 ? 1 : a ** b)),
  samples: /* @__PURE__ */ binarySamples({ low: 0.3, high: 2 }, { low: -2, high: 2 }),
  torch: "torch.pow(a, b)",
};
