/** y = a ≤ b, a bool. Nothing equals NaN. */
import type { Oracle } from "./op.ts";
import { type BinaryOp, binary } from "./pointwise.ts";
import { binarySamples, eachBroadcast } from "./samples.ts";

export const le: BinaryOp = binary({
  name: "le",
  domain: "number",
  result: "bool",
  lower: (e, a, b) => e.binary("le", a, b),
});

export const leOracle: Oracle = {
  reference: /* @__PURE__ */ eachBroadcast((a, b) => Number(a <= b)),
  samples: /* @__PURE__ */ binarySamples({ dtype: "i32", low: -2, high: 2 }),
  torch: "a <= b",
};
