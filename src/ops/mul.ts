/** y = a·b. */
import { sumTo } from "./broadcast.ts";
import type { Oracle } from "./op.ts";
import { type BinaryOp, binary } from "./pointwise.ts";
import { binarySamples, eachBroadcast } from "./samples.ts";

export const mul: BinaryOp = binary({
  name: "mul",
  domain: "number",
  vjp: (_g, ct, [a, b]) => [sumTo(ct.mul(b), a), sumTo(ct.mul(a), b)],
  lower: (e, a, b) => e.binary("mul", a, b),
});

export const mulOracle: Oracle = {
  reference: /* @__PURE__ */ eachBroadcast((a, b) => a * b),
  samples: /* @__PURE__ */ binarySamples(),
  torch: "a * b",
};
