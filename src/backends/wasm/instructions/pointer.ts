/**
 * Address arithmetic under one set of names for 32- and 64-bit memory, so that a kernel is written once.
 * Sizes and offsets that come as i32 pass through `from32`, distances that may be negative through
 * `fromSigned32`; in 32-bit memory both are nothing at all.
 */
import type { Code, ValType } from "./code.ts";
import { i32, i64 } from "./scalar.ts";
import type { Binary, Load, Store, Unary } from "./shapes.ts";

export interface PointerOps {
  readonly type: ValType & ("i32" | "i64");
  /** Bytes of a pointer. */
  readonly bytes: 4 | 8;
  /** Modulo the memory's size: distances may be negative. */
  readonly const: (value: number) => Code;
  /** Unsigned. */
  readonly from32: Unary;
  readonly fromSigned32: Unary;
  readonly to32: Unary;
  readonly eqz: Unary;
  readonly add: Binary;
  readonly sub: Binary;
  readonly mul: Binary;
  readonly div_u: Binary;
  readonly rem_u: Binary;
  readonly and: Binary;
  readonly or: Binary;
  readonly shl: Binary;
  readonly shr_u: Binary;
  readonly eq: Binary;
  readonly ne: Binary;
  readonly lt_u: Binary;
  readonly le_u: Binary;
  readonly gt_u: Binary;
  readonly ge_u: Binary;
  readonly load: Load;
  readonly store: Store;
}

const same: Unary = (a) => a;

const pointer32: PointerOps = Object.freeze({
  ...i32,
  type: "i32",
  bytes: 4,
  // Modulo 2³²: steps back over more than 2 GiB, and those of code that is thrown away as it does not fit.
  const: (value: number) => i32.const(value | 0),
  from32: same,
  fromSigned32: same,
  to32: same,
});

const pointer64: PointerOps = Object.freeze({
  ...i64,
  type: "i64",
  bytes: 8,
  from32: i64.extend_i32_u,
  fromSigned32: i64.extend_i32_s,
  to32: i32.wrap_i64,
});

export const ptrOps = (is64: boolean): PointerOps => (is64 ? pointer64 : pointer32);
