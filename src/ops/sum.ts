/** y = Σ x over the axes. */
import { sizeOf } from "../core/shape.ts";
import type { Oracle } from "./op.ts";
import { checkDomain } from "./pointwise.ts";
import {
  eachReduction,
  lowerReduction,
  normalizeAxes,
  type ReduceAttrs,
  type ReduceOp,
  reducedType,
  reduceSamples,
  withKeptAxes,
} from "./reduction.ts";

export const sum: ReduceOp = {
  name: "sum",
  normalize: normalizeAxes("sum"),
  infer: ([x], attrs) => {
    checkDomain("sum", "number", [x]);
    return reducedType(x, attrs);
  },
  vjp: (g, ct, [x], attrs) => [
    g.broadcastTo(withKeptAxes(ct, x, attrs), { shape: x.shape, batched: x.batched }),
  ],
  lower: lowerReduction("sum"),
  flops: ([x]) => sizeOf(x.shape),
};

export const sumOracle: Oracle<ReduceAttrs> = {
  reference: /* @__PURE__ */ eachReduction((values) => values.reduce((a, b) => a + b, 0)),
  samples: /* @__PURE__ */ reduceSamples(),
  torch: 'x.sum(tuple(attrs["axes"]), keepdim=attrs["keepDims"]) if attrs["axes"] else x',
};
