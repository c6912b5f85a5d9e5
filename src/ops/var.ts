/**
 * y = Σ (x − μ)² / M over the axes: the biased variance (PyTorch's `unbiased=False`), in two passes, since
 * E[x²] − μ² cancels.
 */
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
  withKeptAxes,
} from "./reduction.ts";

export const variance: ReduceOp = {
  name: "var",
  normalize: normalizeAxes("var"),
  infer: ([x], attrs) => {
    checkDomain("var", "float", [x]);
    return reducedType(x, attrs);
  },
  compose: (g, [x], attrs) => {
    const centred = x.sub(withKeptAxes(g.mean(x, attrs), x, attrs));
    return g.mean(centred.square(), attrs);
  },
  // ∂y/∂x = 2·(x − μ)/M; what flows through μ adds up to 0.
  vjp: (g, ct, [x], attrs) => {
    const centred = x.sub(withKeptAxes(g.mean(x, attrs), x, attrs));
    const share = ct.mul(2).div(reducedCount(x, attrs.axes));
    return [centred.mul(withKeptAxes(share, x, attrs))];
  },
  flops: ([x], _attrs, out) => 4 * sizeOf(x.shape) + 2 * sizeOf(out.shape),
};

export const varOracle: Oracle<ReduceAttrs> = {
  reference: /* @__PURE__ */ eachReduction((values) => {
    const mu = values.reduce((a, b) => a + b, 0) / values.length;
    return values.reduce((a, b) => a + (b - mu) ** 2, 0) / values.length;
  }),
  samples: /* @__PURE__ */ reduceSamples(),
  torch:
    'x.var(tuple(attrs["axes"]), unbiased=False, keepdim=attrs["keepDims"]) if attrs["axes"] else x * 0',
};
