/**
 * y = x/(1 − p) where u ≥ p, else 0, with u uniform in [0, 1) (Srivastava et al. 2014): training mode; what is
 * kept is scaled up, so that nothing is to be done at evaluation.
 */
import { ConvkitError } from "../core/error.ts";
import { sizeOf } from "../core/shape.ts";
import type { Op, Oracle } from "./op.ts";
import { checkDomain } from "./pointwise.ts";
import { drawUnit, randomType, randomUniform } from "./random-uniform.ts";

export type DropoutAttrs = { readonly p: number; readonly salt: string | number };

export const dropout: Op<DropoutAttrs, 2> = {
  name: "dropout",
  normalize: ({ p = 0.5, salt = "" }) => {
    if (p >= 0 && p < 1) return { p, salt };
    throw new ConvkitError("dropout", `p is ${p}, expected 0 ≤ p < 1`);
  },
  infer: ([x, key]) => {
    checkDomain("dropout", "float", [x]);
    const { shape, dtype, batched } = x;
    randomType("dropout", key, { shape, batched, salt: "" });
    return { shape, dtype, batched };
  },
  compose: (_g, [x, key], { p, salt }) => {
    const u = key.builder.apply(randomUniform, [key], {
      shape: x.shape,
      salt,
      batched: x.batched,
    });
    return u.ge(p).where(x.mul(1 / (1 - p)), 0);
  },
  flops: ([x]) => 102 * sizeOf(x.shape),
};

const key = { shape: [2], dtype: "i32", values: [99, 7], static: true } as const;

export const dropoutOracle: Oracle<DropoutAttrs> = {
  reference: ([x, key], { p, salt }, out) => {
    const u = drawUnit(key.data, salt, out);
    return x.data.map((value, i) => (u[i] >= p ? value / (1 - p) : 0));
  },
  samples: [
    { name: "half", inputs: [{ shape: [4, 7] }, key], attrs: { p: 0.5, salt: "d" } },
    { name: "none", inputs: [{ shape: [4] }, key], attrs: { p: 0, salt: "d" } },
    {
      name: "batch",
      inputs: [{ shape: [5, 6] }, key],
      attrs: { p: 0.2, salt: "d" },
      batched: true,
    },
  ],
};
