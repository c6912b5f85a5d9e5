/** y = min x over the axes, NaN if there is one; equal minima share the gradient evenly (torch.amin). */
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

export const reduceMin: ReduceOp = {
  name: "reduceMin",
  normalize: normalizeAxes("reduceMin"),
  infer: ([x], attrs) => {
    checkDomain("reduceMin", "number", [x]);
    return reducedType(x, attrs);
  },
  vjp: (_g, ct, [x], attrs, y) => [extremeGradient(ct, x, attrs, y)],
  lower: lowerReduction("min"),
  flops: ([x]) => sizeOf(x.shape),
};

export const reduceMinOracle: Oracle<ReduceAttrs> = {
  reference: /* @__PURE__ */ eachReduction((values) => values.reduce((a, b) => Math.min(a, b))),
  samples: /* @__PURE__ */ reduceSamples({ distinct: 0.01 }),
  torch: 'torch.amin(x, tuple(attrs["axes"]), keepdim=attrs["keepDims"]) if attrs["axes"] else x',
};
