/** y = a = b, a bool. Nothing equals NaN. */
import type { Oracle } from "./op.ts";
import { type BinaryOp, binary } from "./pointwise.ts";
import { binarySamples, eachBroadcast } from "./samples.ts";

export const eq: BinaryOp = binary({
  name: "eq",
  domain: "number",
  result: "bool",
  lower: (e, a, b) => e.binary("eq", a, b),
});

export const eqOracle: Oracle = {
  reference: /* @__PURE__ */ eachBroadcast((a, b) => Number(a === b)),
  samples: /* @__PURE__ */ binarySamples({ dtype: "i32", low: -2, high: 2 }),
  torch: "a == b",
};
