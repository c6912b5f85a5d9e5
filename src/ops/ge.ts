/** y = a ≥ b, a bool. Nothing equals NaN. */
import type { Oracle } from "./op.ts";
import { type BinaryOp, binary } from "./pointwise.ts";
import { binarySamples, eachBroadcast } from "./samples.ts";

export const ge: BinaryOp = binary({
  name: "ge",
  domain: "number",
  result: "bool",
  lower: (e, a, b) => e.binary("ge", a, b),
});

export const geOracle: Oracle = {
  reference: /* @__PURE__ */ eachBroadcast((a, b) => Number(a >= b)),
  samples: /* @__PURE__ */ binarySamples({ dtype: "i32", low: -2, high: 2 }),
  torch: "a >= b",
};
