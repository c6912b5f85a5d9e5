/** Position of the smallest element along an axis, i32. */
import { type ArgAttrs, argExtreme, argReference, argSamples } from "./arg-extreme.ts";
import type { Op, Oracle } from "./op.ts";

export const argmin: Op<ArgAttrs, 1> = argExtreme("argmin");

export const argminOracle: Oracle<ArgAttrs> = {
  reference: /* @__PURE__ */ argReference((a, b) => a < b),
  samples: /* @__PURE__ */ argSamples(),
  torch: 'x.argmin(attrs["axis"], keepdim=attrs["keepDims"])',
};
