/** A tensor of a safetensors file (Hugging Face): its type by the format's name, its shape and its values. */
import { ConvkitError } from "../../core/error.ts";

/** Bytes of one number of each type. */
// biome-ignore format: a row each
export const WIDTH = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, I16: 2, I8: 1, U8: 1, BOOL: 1 } as const;

export type SafeDType = keyof typeof WIDTH;

/** The values in memory. */
export type SafeData =
  | Float32Array
  | Float64Array
  | Int32Array
  | BigInt64Array
  | Int16Array
  | Int8Array
  | Uint8Array;

export interface SafeTensor {
  /** As stored. F16 and BF16 values are held as f32, BOOL as bytes 0 and 1. */
  readonly dtype: SafeDType;
  readonly shape: readonly number[];
  /** After reading, a view of the file's bytes where these are aligned: not to be written to. */
  readonly data: SafeData;
}

/** A fault of a file, or of a tensor that is to be written: `file` names it. */
export function fail(file: string, message: string, cause?: unknown): never {
  throw new ConvkitError("safetensors", `${file}: ${message}`, { cause });
}
