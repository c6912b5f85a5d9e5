/**
 * What the readers of weight files give (safetensors, PyTorch, npz): every tensor's name, type and shape at once, its values
 * when they are asked for, so that a large file is never in memory beside the network that it fills.
 */
import { ConvkitError } from "../core/error.ts";
import type { Shape } from "../core/shape.ts";
import { decodeBf16, decodeF16 } from "./half.ts";

/** Types of numbers in files, and the bytes of one. */
export const storedBytes = {
  ...{ f64: 8, f32: 4, f16: 2, bf16: 2 },
  ...{ i64: 8, i32: 4, i16: 2, i8: 1, u8: 1, bool: 1 },
} as const;

export type StoredType = keyof typeof storedBytes;

export interface StoredTensor {
  /** As in the file. */
  readonly type: StoredType;
  readonly shape: Shape;
  /**
   * The values, row-major: floats as f32, whole numbers and booleans as i32. A new array at each call, or where the file
   * is in memory a view of it, which is not to be written to.
   */
  read(): Promise<Float32Array | Int32Array>;
}

export interface StoredTensors {
  /** What messages call the file. */
  readonly file: string;
  readonly format: "safetensors" | "pytorch" | "npz";
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
  /** What was unwrapped or left out, for people. */
  readonly notes: readonly string[];
}

/** Little-endian bytes as f32 or i32; no copy where they are that already and lie at a multiple of 4. `name` is for errors. */
export function decodeValues(
  type: StoredType,
  bytes: Uint8Array,
  name: string,
): Float32Array | Int32Array {
  const { buffer, byteOffset, length } = aligned(bytes, storedBytes[type]);
  const at = [buffer, byteOffset, length / storedBytes[type]] as const;
  switch (type) {
    case "f32":
      return new Float32Array(...at);
    case "i32":
      return new Int32Array(...at);
    case "f64":
      return rounded(new Float64Array(...at), name);
    case "f16":
      return decodeF16(new Uint16Array(...at));
    case "bf16":
      return decodeBf16(new Uint16Array(...at));
    case "i64":
      return narrowed(new BigInt64Array(...at), name);
    case "i16":
      return new Int32Array(new Int16Array(...at));
    case "i8":
      return new Int32Array(new Int8Array(...at));
    case "u8":
      return new Int32Array(bytes);
    case "bool":
      return Int32Array.from(bytes, (byte) => (byte === 0 ? 0 : 1));
  }
}

/** The bytes at an address that is a multiple of `width`. */
export const aligned = (bytes: Uint8Array, width: number): Uint8Array =>
  bytes.byteOffset % width === 0 ? bytes : new Uint8Array(bytes);

function rounded(values: Float64Array, name: string): Float32Array {
  const round = new Float32Array(values);
  const at = round.findIndex((value, i) => Math.abs(value) === Infinity && value !== values[i]);
  if (at < 0) return round;
  throw new ConvkitError(
    "values",
    `${name}: value ${at} is ${values[at]}, beyond floats of 32 bits — convkit computes with these`,
  );
}

function narrowed(values: BigInt64Array, name: string): Int32Array {
  const narrow = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    narrow[i] = Number(values[i]);
    if (BigInt(narrow[i]) === values[i]) continue;
    throw new ConvkitError(
      "values",
      `${name}: value ${i} is ${values[i]}, beyond 32 bits — convkit keeps whole numbers in 32 bits`,
    );
  }
  return narrow;
}
