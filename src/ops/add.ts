/** y = a + b. */
import { sumTo } from "./broadcast.ts";
import type { Oracle } from "./op.ts";
import { type BinaryOp, binary } from "./pointwise.ts";
import { binarySamples, eachBroadcast } from "./samples.ts";

export const add: BinaryOp = binary({
  name: "add",
  domain: "number",
  vjp: (_g, ct, [a, b]) => [sumTo(ct, a), sumTo(ct, b)],
  lower: (e, a, b) => e.binary("add", a, b),
});

export const addOracle: Oracle = {
  reference: /* @__PURE__ */ eachBroadcast((a, b) => a + b),
  samples: /* @__PURE__ */ binarySamples(),
  torch: "a + b",
};
