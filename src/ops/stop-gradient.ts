/** y = x, a constant to differentiation. */
import type { None, Op, Oracle } from "./op.ts";
import { each, unarySamples } from "./samples.ts";

export const stopGradient: Op<None, 1> = {
  name: "stopGradient",
  infer: ([{ shape, dtype, batched }]) => ({ shape, dtype, batched }),
  vjp: () => [null],
  compose: (_g, [x]) => x,
  pointwise: true,
  flops: () => 0,
};

export const stopGradientOracle: Oracle = {
  reference: /* @__PURE__ */ each((x) => x),
  samples: /* @__PURE__ */ unarySamples(),
};
