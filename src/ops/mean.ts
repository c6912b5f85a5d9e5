/** y = Σ x / M over the axes, M elements to each result; over the batch axis only the run's images count. */
import { sizeOf } from "../core/shape.ts";
import type { Oracle } from "./op.ts";
import { checkDomain } from "./pointwise.ts";
import {
  eachReduction,
  normalizeAxes,
  type ReduceAttrs,
  type ReduceOp,
  reducedCount,
  reducedType,
  reduceSamples,
} from "./reduction.ts";

export const mean: ReduceOp = {
  name: "mean",
  normalize: normalizeAxes("mean"),
  infer: ([x], attrs) => {
    checkDomain("mean", "float", [x]);
    return reducedType(x, attrs);
  },
  compose: (g, [x], attrs) => g.sum(x, attrs).div(reducedCount(x, attrs.axes)),
  flops: ([x], _attrs, out) => sizeOf(x.shape) + sizeOf(out.shape),
};

export const meanOracle: Oracle<ReduceAttrs> = {
  reference: /* @__PURE__ */ eachReduction(
    (values) => values.reduce((a, b) => a + b, 0) / values.length,
  ),
  samples: /* @__PURE__ */ reduceSamples(),
  torch: 'x.mean(tuple(attrs["axes"]), keepdim=attrs["keepDims"]) if attrs["axes"] else x',
};
