/** y = erf x = 2/√π · ∫₀ˣ e^(−t²) dt. */
import { erf as erfOf } from "../core/erf.ts";
import type { Oracle } from "./op.ts";
import { type UnaryOp, unary } from "./pointwise.ts";
import { each, unarySamples } from "./samples.ts";

export const erf: UnaryOp = unary({
  name: "erf",
  // y′ = 2/√π · e^(−x²)
  vjp: (_g, ct, [x]) => [ct.mul(x.square().neg().exp()).mul(2 / Math.sqrt(Math.PI))],
  lower: (e, x) => e.unary("erf", x),
  flops: 15,
});

export const erfOracle: Oracle = {
  reference: /* @__PURE__ */ each(erfOf),
  samples: /* @__PURE__ */ unarySamples({ low: -3.5, high: 3.5 }),
  torch: "torch.erf(x)",
};
