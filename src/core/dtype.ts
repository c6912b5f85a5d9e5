/**
 * Element types. The engine computes in f32 (f64 in the reference), i32 and bool; the others have their
 * place in the graph for files and for later kernels.
 */
export type DType = "f32" | "f64" | "i32" | "bool" | "f16" | "bf16" | "i8" | "u8" | "i64";

/** Bytes of one element as the engine stores it; a bool is a 32-bit mask, so that it fits a SIMD lane. */
export const byteSize: Readonly<Record<DType, number>> = {
  f32: 4,
  f64: 8,
  i32: 4,
  bool: 4,
  f16: 2,
  bf16: 2,
  i8: 1,
  u8: 1,
  i64: 8,
};

export const isFloat = (dtype: DType): boolean =>
  dtype === "f32" || dtype === "f64" || dtype === "f16" || dtype === "bf16";
