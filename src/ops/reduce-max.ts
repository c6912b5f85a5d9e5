/** y = max x over the axes, NaN if there is one; equal maxima share the gradient evenly (torch.amax). */
import { sizeOf } from "../core/shape.ts";
import type { Oracle } from "./op.ts";
import { checkDomain } from "./pointwise.ts";
import {
  eachReduction,
  extremeGradient,
  lowerReduction,
  normalizeAxes,
  type ReduceAttrs,
  type ReduceOp,
  reducedType,
  reduceSamples,
} from "./reduction.ts";

export const reduceMax: ReduceOp = {
  name: "reduceMax",
  normalize: normalizeAxes("reduceMax"),
  infer: ([x], attrs) => {
    checkDomain("reduceMax", "number", [x]);
    return reducedType(x, attrs);
  },
  vjp: (_g, ct, [x], attrs, y) => [extremeGradient(ct, x, attrs, y)],
  lower: lowerReduction("max"),
  flops: ([x]) => sizeOf(x.shape),
};

export const reduceMaxOracle: Oracle<ReduceAttrs> = {
  reference: /* @__PURE__ */ eachReduction((values) => values.reduce((a, b) => Math.max(a, b))),
  samples: /* @__PURE__ */ reduceSamples({ distinct: 0.01 }),
  torch: 'torch.amax(x, tuple(attrs["axes"]), keepdim=attrs["keepDims"]) if attrs["axes"] else x',
};
