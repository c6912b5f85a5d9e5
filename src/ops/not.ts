/** y = ¬x, of bools. */
import type { Oracle } from "./op.ts";
import { type UnaryOp, unary } from "./pointwise.ts";
import { each, unarySamples } from "./samples.ts";

export const not: UnaryOp = unary({
  name: "not",
  domain: "bool",
  lower: (e, x) => e.unary("not", x),
});

export const notOracle: Oracle = {
  reference: /* @__PURE__ */ each((x) => Number(x === 0)),
  samples: /* @__PURE__ */ unarySamples({ dtype: "bool" }),
  torch: "~x.bool()",
};
