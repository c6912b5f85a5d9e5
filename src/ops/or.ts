/** y = a ∨ b, of bools. */
import type { Oracle } from "./op.ts";
import { type BinaryOp, binary } from "./pointwise.ts";
import { binarySamples, eachBroadcast } from "./samples.ts";

export const or: BinaryOp = binary({
  name: "or",
  domain: "bool",
  lower: (e, a, b) => e.binary("or", a, b),
});

export const orOracle: Oracle = {
  reference: /* @__PURE__ */ eachBroadcast((a, b) => Number(a !== 0 || b !== 0)),
  samples: /* @__PURE__ */ binarySamples({ dtype: "bool" }),
  torch: "a.bool() | b.bool()",
};
