/** y = a > b, a bool. Nothing equals NaN. */
import type { Oracle } from "./op.ts";
import { type BinaryOp, binary } from "./pointwise.ts";
import { binarySamples, eachBroadcast } from "./samples.ts";

export const gt: BinaryOp = binary({
  name: "gt",
  domain: "number",
  result: "bool",
  lower: (e, a, b) => e.binary("gt", a, b),
});

export const gtOracle: Oracle = {
  reference: /* @__PURE__ */ eachBroadcast((a, b) => Number(a > b)),
  samples: /* @__PURE__ */ binarySamples(),
  torch: "a > b",
};
