/** The same values as another dtype: floats lose their fraction in an integer, and are true where not 0. */
import { type DType, isFloat } from "../core/dtype.ts";
import { ConvkitError } from "../core/error.ts";
import type { Op, Oracle } from "./op.ts";
import { unary } from "./pointwise.ts";
import { unarySamples } from "./samples.ts";

export type CastAttrs = { readonly dtype: DType };

const targets: readonly DType[] = ["f32", "f64", "i32", "bool"];

export const cast: Op<CastAttrs, 1> = unary<CastAttrs>({
  name: "cast",
  domain: "any",
  result: ({ dtype }) => dtype,
  normalize: ({ dtype }) => {
    if (dtype && targets.includes(dtype)) return { dtype };
    throw new ConvkitError("cast", `to ${dtype} is not possible — use ${targets.join(", ")}`);
  },
  vjp: (_g, ct, [x]) => [isFloat(x.dtype) ? ct.to(x.dtype) : null],
  lower: (e, x, { dtype }) => {
    if (isFloat(dtype)) return isFloat(x.dtype) ? x : e.unary("toF32", x);
    if (dtype === x.dtype) return x;
    return e.unary(dtype === "i32" ? "toI32" : "toBool", x);
  },
});

export const castOracle: Oracle<CastAttrs> = {
  reference: ([x], { dtype }) =>
    x.data.map((v) => (dtype === "bool" ? Number(v !== 0) : dtype === "i32" ? Math.trunc(v) : v)),
  samples: [
    /* @__PURE__ */ unarySamples({ low: -5, high: 5, attrs: { dtype: "i32" } }),
    {
      name: "to bool",
      inputs: [{ shape: [4], values: [0, 1, -2, 0.5] }],
      attrs: { dtype: "bool" },
    },
    {
      name: "i32 to f32",
      inputs: [{ shape: [9], dtype: "i32", low: -9, high: 9 }],
      attrs: { dtype: "f32" },
    },
    { name: "bool to f32", inputs: [{ shape: [9], dtype: "bool" }], attrs: { dtype: "f32" } },
    { name: "bool to i32", inputs: [{ shape: [9], dtype: "bool" }], attrs: { dtype: "i32" } },
  ],
};
