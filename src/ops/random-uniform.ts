/**
 * Uniform numbers in [low, high) from Threefry (`core/random.ts`). Element i of image b is
 * threefry(key ⊕ (hash(salt), 0), (i, b)), i the row-major position within one image: the numbers depend on
 * neither the capacity nor the layout, and an image keeps its own when others join the batch.
 */
import { ConvkitError } from "../core/error.ts";
import { bitsToUniform, hashName, threefry } from "../core/random.ts";
import { type Shape, sizeOf } from "../core/shape.ts";
import type { Access, Element, Index, Lowering } from "../graph/lower.ts";
import type { TensorType } from "../graph/node.ts";
import { formatType } from "./broadcast.ts";
import type { Op, Oracle } from "./op.ts";

export type RandomAttrs = {
  readonly shape: Shape;
  /** Tells apart the random ops that share a key, such as the path of a layer. */
  readonly salt: string | number;
  readonly batched: boolean;
};

export type UniformAttrs = RandomAttrs & { readonly low: number; readonly high: number };

export const randomUniform: Op<UniformAttrs, 1> = {
  name: "randomUniform",
  normalize: ({ shape = [], salt = "", batched = false, low = 0, high = 1 }) => ({
    shape,
    salt,
    batched,
    low,
    high,
  }),
  infer: ([key], attrs) => randomType("randomUniform", key, attrs),
  vjp: () => [null],
  lower: (e, [key], { salt, low, high }, index, out) => {
    const [image, position] = counterOf(e, index, out);
    const bits = lowerThreefry(e, key, hashName(salt) | 0, position, image);
    const high24 = e.unary("toF32", e.binary("shrU", bits, e.constant(8, "i32")));
    const unit = e.binary("mul", high24, e.constant(2 ** -24));
    if (low === 0 && high === 1) return unit;
    return e.binary("add", e.binary("mul", unit, e.constant(high - low)), e.constant(low));
  },
  // 20 rounds of an addition, a rotation and an exclusive or.
  flops: (_inputs, _attrs, out) => 100 * sizeOf(out.shape),
};

export function randomType(
  where: string,
  key: TensorType,
  { shape, batched }: RandomAttrs,
): TensorType {
  if (key.dtype !== "i32" || key.shape.length !== 1 || key.shape[0] !== 2 || key.batched) {
    throw new ConvkitError(where, `the key is ${key.dtype} ${formatType(key)}, expected i32 2`);
  }
  if (batched && shape.length === 0) {
    throw new ConvkitError(where, "a batched result needs a batch axis — got a scalar shape");
  }
  return { shape, dtype: "f32", batched };
}

/** The image of an element and its position within it. */
function counterOf(
  e: Lowering,
  index: readonly Index[],
  { shape, batched }: TensorType,
): [image: Element, position: Element] {
  const from = batched ? 1 : 0;
  let flat = e.i(0);
  for (let axis = from; axis < shape.length; axis++) {
    flat = e.iadd(e.imul(flat, shape[axis]), index[axis]);
  }
  return [batched ? e.fromIndex(index[0], "i32") : e.constant(0, "i32"), e.fromIndex(flat, "i32")];
}

/** `core/random.ts`'s threefry on elements: the first of its two words. Subexpressions are shared by identity. */
function lowerThreefry(
  e: Lowering,
  key: Access,
  salt: number,
  counter0: Element,
  counter1: Element,
): Element {
  const i32 = (value: number) => e.constant(value, "i32");
  const rotations = [13, 15, 26, 6, 17, 29, 16, 24];
  const k0 = e.binary("xor", key.at(e.i(0)), i32(salt));
  const k1 = key.at(e.i(1));
  const k = [k0, k1, e.binary("xor", e.binary("xor", k0, k1), i32(0x1bd11bda))];
  let x0 = e.binary("add", counter0, k[0]);
  let x1 = e.binary("add", counter1, k[1]);
  for (let round = 0; round < 20; round++) {
    const r = rotations[round & 7];
    x0 = e.binary("add", x0, x1);
    const turned = e.binary("or", e.binary("shl", x1, i32(r)), e.binary("shrU", x1, i32(32 - r)));
    x1 = e.binary("xor", turned, x0);
    if ((round & 3) === 3) {
      const s = (round >> 2) + 1;
      x0 = e.binary("add", x0, k[s % 3]);
      x1 = e.binary("add", e.binary("add", x1, k[(s + 1) % 3]), i32(s));
    }
  }
  return x0;
}

/** The unit numbers of an op, in row-major order: what the oracles of random ops are made of. */
export function drawUnit(key: Float64Array, salt: string | number, out: TensorType): Float64Array {
  const images = out.batched ? out.shape[0] : 1;
  const size = sizeOf(out.shape) / images;
  const salted = [(key[0] ^ hashName(salt)) | 0, key[1] | 0] as const;
  const result = new Float64Array(images * size);
  for (let b = 0; b < images; b++) {
    for (let i = 0; i < size; i++) result[b * size + i] = bitsToUniform(threefry(salted, i, b)[0]);
  }
  return result;
}

const key = { shape: [2], dtype: "i32", values: [12345, -678], static: true } as const;

export const randomUniformOracle: Oracle<UniformAttrs> = {
  reference: ([key], { salt, low, high }, out) =>
    drawUnit(key.data, salt, out).map((u) => low + (high - low) * u),
  samples: [
    {
      name: "unit",
      inputs: [key],
      attrs: { shape: [3, 7], salt: "a", batched: false, low: 0, high: 1 },
    },
    {
      name: "range",
      inputs: [key],
      attrs: { shape: [9], salt: 3, batched: false, low: -2, high: 5 },
    },
    {
      name: "scalar",
      inputs: [key],
      attrs: { shape: [], salt: "", batched: false, low: 0, high: 1 },
    },
    {
      name: "batch",
      inputs: [key],
      attrs: { shape: [5, 3, 2], salt: "dropout", batched: true, low: 0, high: 1 },
      batched: true,
    },
  ],
};
