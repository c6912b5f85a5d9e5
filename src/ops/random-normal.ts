/** Normal numbers of given mean and std: √(−2·ln(1 − u))·cos(2π·v) with uniform u and v (Box and Muller 1958). */
import { sizeOf } from "../core/shape.ts";
import type { Op, Oracle } from "./op.ts";
import { drawUnit, type RandomAttrs, randomType, randomUniform } from "./random-uniform.ts";
import { cos } from "./sin.ts";

export type NormalAttrs = RandomAttrs & { readonly mean: number; readonly std: number };

/** Two salts of one: u and v are independent. */
const salts = (salt: string | number) => [`${salt}/radius`, `${salt}/angle`] as const;

export const randomNormal: Op<NormalAttrs, 1> = {
  name: "randomNormal",
  normalize: ({ shape = [], salt = "", batched = false, mean = 0, std = 1 }) => ({
    shape,
    salt,
    batched,
    mean,
    std,
  }),
  infer: ([key], attrs) => randomType("randomNormal", key, attrs),
  vjp: () => [null],
  compose: (_g, [key], { shape, salt, batched, mean, std }) => {
    const [radius, angle] = salts(salt);
    const u = key.builder.apply(randomUniform, [key], { shape, salt: radius, batched });
    const v = key.builder.apply(randomUniform, [key], { shape, salt: angle, batched });
    const unit = u
      .rsub(1)
      .log()
      .mul(-2)
      .sqrt()
      .mul(v.builder.apply(cos, [v.mul(2 * Math.PI)]));
    const scaled = std === 1 ? unit : unit.mul(std);
    return mean === 0 ? scaled : scaled.add(mean);
  },
  flops: (_inputs, _attrs, out) => 225 * sizeOf(out.shape),
};

const key = { shape: [2], dtype: "i32", values: [12345, -678], static: true } as const;

export const randomNormalOracle: Oracle<NormalAttrs> = {
  reference: ([key], { salt, mean, std }, out) => {
    const [radius, angle] = salts(salt).map((name) => drawUnit(key.data, name, out));
    return radius.map(
      (u, i) => mean + std * Math.sqrt(-2 * Math.log(1 - u)) * Math.cos(2 * Math.PI * angle[i]),
    );
  },
  samples: [
    {
      name: "standard",
      inputs: [key],
      attrs: { shape: [4, 5], salt: "w", batched: false, mean: 0, std: 1 },
    },
    {
      name: "scaled",
      inputs: [key],
      attrs: { shape: [9], salt: 1, batched: false, mean: 3, std: 0.5 },
    },
    {
      name: "batch",
      inputs: [key],
      attrs: { shape: [5, 4], salt: "noise", batched: true, mean: 0, std: 1 },
      batched: true,
    },
  ],
};
