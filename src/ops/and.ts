/** y = a ∧ b, of bools. */
import type { Oracle } from "./op.ts";
import { type BinaryOp, binary } from "./pointwise.ts";
import { binarySamples, eachBroadcast } from "./samples.ts";

export const and: BinaryOp = binary({
  name: "and",
  domain: "bool",
  lower: (e, a, b) => e.binary("and", a, b),
});

export const andOracle: Oracle = {
  reference: /* @__PURE__ */ eachBroadcast((a, b) => Number(a !== 0 && b !== 0)),
  samples: /* @__PURE__ */ binarySamples({ dtype: "bool" }),
  torch: "a.bool() & b.bool()",
};
