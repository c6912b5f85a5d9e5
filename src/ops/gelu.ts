/**
 * y = x·Φ(x), Φ the standard normal distribution function (Hendrycks and Gimpel 2016, arXiv:1606.08415);
 * with approximate "tanh" their formula y = ½·x·(1 + tanh(√(2/π)·(x + 0.044715·x³))).
 */

import { erf } from "../core/erf.ts";
import { erf as erfOp } from "./erf.ts";
import type { Op, Oracle } from "./op.ts";
import { unary } from "./pointwise.ts";
import { each, unarySamples } from "./samples.ts";

export type GeluAttrs = { readonly approximate: "none" | "tanh" };

const CUBIC = 0.044715; // section 2 of the paper
const SCALE = Math.sqrt(2 / Math.PI);

export const gelu: Op<GeluAttrs, 1> = unary<GeluAttrs>({
  name: "gelu",
  normalize: ({ approximate = "none" }) => ({ approximate }),
  vjp: (g, ct, [x], { approximate }) => {
    if (approximate === "none") {
      // y′ = Φ(x) + x·φ(x)
      const cdf = x.builder
        .apply(erfOp, [x.mul(Math.SQRT1_2)])
        .add(1)
        .mul(0.5);
      const density = x
        .square()
        .mul(-0.5)
        .exp()
        .mul(1 / Math.sqrt(2 * Math.PI));
      return [ct.mul(cdf.add(x.mul(density)))];
    }
    // y′ = ½·(1 + t) + ½·x·(1 − t²)·u′, with t = tanh u and u′ = √(2/π)·(1 + 3·0.044715·x²)
    const square = x.square();
    const t = g.tanh(square.mul(CUBIC).add(1).mul(x).mul(SCALE));
    const slope = square
      .mul(3 * CUBIC)
      .add(1)
      .mul(SCALE);
    return [
      ct.mul(
        t
          .add(1)
          .add(x.mul(t.square().rsub(1)).mul(slope))
          .mul(0.5),
      ),
    ];
  },
  lower: (e, x, { approximate }) => {
    const c = (value: number) => e.constant(value, x.dtype);
    const half = e.binary("mul", x, c(0.5));
    if (approximate === "none") {
      const inner = e.unary("erf", e.binary("mul", x, c(Math.SQRT1_2)));
      return e.binary("mul", half, e.binary("add", inner, c(1)));
    }
    const cubic = e.binary("mul", e.binary("mul", x, x), c(CUBIC));
    const u = e.binary("mul", e.binary("mul", e.binary("add", cubic, c(1)), x), c(SCALE));
    return e.binary("mul", half, e.binary("add", e.unary("tanh", u), c(1)));
  },
  flops: 19,
});

export const geluOracle: Oracle<GeluAttrs> = {
  reference: /* @__PURE__ */ each((x, { approximate }) =>
    approximate === "none"
      ? (x * (1 + erf(x / Math.SQRT2))) / 2
      : (x * (1 + Math.tanh(SCALE * (x + CUBIC * x ** 3)))) / 2,
  ),
  samples: [
    /* @__PURE__ */ unarySamples({ low: -4, high: 4, attrs: { approximate: "none" } }),
    /* @__PURE__ */ unarySamples({
      low: -4,
      high: 4,
      attrs: { approximate: "tanh" },
      label: "tanh",
    }),
  ],
  torch: 'F.gelu(x, approximate=attrs["approximate"])',
};
