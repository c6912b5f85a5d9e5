/** y = min(max(x, low), high); a bound of null is none. The gradient passes where low ≤ x ≤ high. */
import { ConvkitError } from "../core/error.ts";
import type { Op, Oracle } from "./op.ts";
import { unary } from "./pointwise.ts";
import { each, unarySamples } from "./samples.ts";

export type ClampAttrs = { readonly min: number | null; readonly max: number | null };

export const clamp: Op<ClampAttrs, 1> = unary<ClampAttrs>({
  name: "clamp",
  domain: "number",
  normalize: ({ min = null, max = null }) => {
    // JSON, and so the text form of a graph, knows no infinities.
    const attrs = {
      min: min === Number.NEGATIVE_INFINITY ? null : min,
      max: max === Number.POSITIVE_INFINITY ? null : max,
    };
    const bounds = [attrs.min, attrs.max].filter((bound) => bound !== null);
    if (!bounds.every(Number.isFinite) || (bounds.length === 2 && bounds[0] > bounds[1])) {
      throw new ConvkitError("clamp", `cannot clamp to ${min} … ${max} — give min ≤ max`);
    }
    return attrs;
  },
  vjp: (g, ct, [x], { min, max }) => {
    const above = min === null ? undefined : x.ge(min);
    const below = max === null ? undefined : x.le(max);
    const inside = above && below ? g.and(above, below) : (above ?? below);
    return [inside ? inside.where(ct, 0) : ct];
  },
  lower: (e, x, { min, max }) => {
    const raised = min === null ? x : e.binary("max", x, e.constant(min, x.dtype));
    return max === null ? raised : e.binary("min", raised, e.constant(max, x.dtype));
  },
  flops: 2,
});

export const clampOracle: Oracle<ClampAttrs> = {
  reference: /* @__PURE__ */ each((x, { min, max }) =>
    Math.min(Math.max(x, min ?? Number.NEGATIVE_INFINITY), max ?? Number.POSITIVE_INFINITY),
  ),
  samples: [
    /* @__PURE__ */ unarySamples({ attrs: { min: -0.5, max: 0.5 } }),
    { name: "below only", inputs: [{ shape: [9] }], attrs: { min: -0.25, max: null } },
    { name: "above only", inputs: [{ shape: [9] }], attrs: { min: null, max: 0.25 } },
  ],
  torch: 'torch.clamp(x, attrs["min"], attrs["max"])',
};
