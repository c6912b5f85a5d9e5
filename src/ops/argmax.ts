/** Position of the largest element along an axis, i32. */
import { type ArgAttrs, argExtreme, argReference, argSamples } from "./arg-extreme.ts";
import type { Op, Oracle } from "./op.ts";

export const argmax: Op<ArgAttrs, 1> = argExtreme("argmax");

export const argmaxOracle: Oracle<ArgAttrs> = {
  reference: /* @__PURE__ */ argReference((a, b) => a > b),
  samples: /* @__PURE__ */ argSamples(),
  torch: 'x.argmax(attrs["axis"], keepdim=attrs["keepDims"])',
};
