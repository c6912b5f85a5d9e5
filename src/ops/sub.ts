/** y = a − b. */
import { sumTo } from "./broadcast.ts";
import type { Oracle } from "./op.ts";
import { type BinaryOp, binary } from "./pointwise.ts";
import { binarySamples, eachBroadcast } from "./samples.ts";

export const sub: BinaryOp = binary({
  name: "sub",
  domain: "number",
  vjp: (_g, ct, [a, b]) => [sumTo(ct, a), sumTo(ct, b).neg()],
  lower: (e, a, b) => e.binary("sub", a, b),
});

export const subOracle: Oracle = {
  reference: /* @__PURE__ */ eachBroadcast((a, b) => a - b),
  samples: /* @__PURE__ */ binarySamples(),
  torch: "a - b",
};
