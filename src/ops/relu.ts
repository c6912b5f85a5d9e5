/** y = max(x, 0) (Nair and Hinton 2010); the gradient at 0 is 0, as in PyTorch. */
import type { Oracle } from "./op.ts";
import { type UnaryOp, unary } from "./pointwise.ts";
import { each, unarySamples } from "./samples.ts";

export const relu: UnaryOp = unary({
  name: "relu",
  // In terms of y, so that x need not be kept.
  vjp: (_g, ct, _x, _attrs, y) => [y.gt(0).where(ct, 0)],
  lower: (e, x) => e.binary("max", x, e.constant(0, x.dtype)),
});

export const reluOracle: Oracle = {
  reference: /* @__PURE__ */ each((x) => Math.max(x, 0)),
  samples: /* @__PURE__ */ unarySamples(),
  torch: "F.relu(x)",
};
