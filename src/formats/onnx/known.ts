/** Numbers that are known before anything runs: sizes, axes, tables. */
import { ConvkitError } from "../../core/error.ts";
import { type Shape, sizeOf } from "../../core/shape.ts";
import { decodeBf16, decodeF16 } from "../half.ts";
import type { OnnxType, TensorProto } from "./proto.ts";

/** Engine's types; 64-bit integers are sizes and positions here, which fit into 32 bits. */
export type KnownType = "f32" | "i32" | "bool";

export interface Known {
  readonly dtype: KnownType;
  readonly shape: Shape;
  /** Row-major. */
  readonly data: ArrayLike<number>;
}

const FLOATS: readonly OnnxType[] = ["float", "double", "float16", "bfloat16"];

export function knownType(type: OnnxType): KnownType {
  if (type === "bool") return "bool";
  return FLOATS.includes(type) ? "f32" : "i32";
}

/** The values as numbers; floats of 32 bits are those of the file, not copied. */
export function numbersOf({ name, type, data }: TensorProto): ArrayLike<number> {
  if (!data) {
    throw new ConvkitError(
      "onnx",
      `the values of "${name}" are missing — the file holds only its shape`,
    );
  }
  if (type === "float16") return decodeF16(data as Uint16Array);
  if (type === "bfloat16") return decodeBf16(data as Uint16Array);
  if (type === "double") return Float32Array.from(data as Float64Array);
  if (type === "int64" || type === "uint64") return Array.from(data as BigInt64Array, Number);
  return data as Exclude<TensorProto["data"], undefined | BigInt64Array | BigUint64Array>;
}

/** The most numbers that a constant is evaluated to: shapes are a few, masks of attention some hundred thousands. */
const LIMIT = 2 ** 22;

/** Throws for what a damaged file would have us fill the memory with. */
export function known(dtype: KnownType, shape: Shape, data: ArrayLike<number>): Known {
  if (sizeOf(shape) !== data.length) {
    throw new ConvkitError(
      "onnx",
      `${data.length} values do not fill ${shape.join("×")} — the file is damaged`,
    );
  }
  return { dtype, shape, data };
}

/** As many values, from a function of their place. */
export function filled(dtype: KnownType, shape: Shape, value: (i: number) => number): Known {
  const size = sizeOf(shape);
  if (!(size <= LIMIT) || shape.some((dim) => dim < 0)) {
    throw new ConvkitError(
      "onnx",
      `a constant of the shape ${shape.join("×")} — the file is damaged`,
    );
  }
  return { dtype, shape, data: Array.from({ length: size }, (_, i) => value(i)) };
}
