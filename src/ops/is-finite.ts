/** True where x is neither infinite nor NaN. */
import type { Oracle } from "./op.ts";
import { type UnaryOp, unary } from "./pointwise.ts";
import { each, unarySamples } from "./samples.ts";

export const finite: UnaryOp = unary({
  name: "isFinite",
  result: "bool",
  lower: (e, x) => e.unary("isFinite", x),
});

export const isFiniteOracle: Oracle = {
  reference: /* @__PURE__ */ each((x) => Number(Number.isFinite(x))),
  samples: [
    /* @__PURE__ */ unarySamples(),
    { name: "not finite", inputs: [{ shape: [4], values: [1, Infinity, -Infinity, Number.NaN] }] },
  ],
  torch: "torch.isfinite(x)",
};
