/** Scalar instructions: WebAssembly core specification, 5.4.5–5.4.8, and the threads proposal. */
import { type Code, sleb32, sleb64 } from "./code.ts";
import { atomicLoad, atomicStore, atomicTernary, binary, load, store, unary } from "./shapes.ts";

/** Both integer families have the same operators in the same order, from these first opcodes on. */
const integerOps = (compare: number, arithmetic: number) => ({
  eqz: unary(compare),
  eq: binary(compare + 1),
  ne: binary(compare + 2),
  lt_s: binary(compare + 3),
  lt_u: binary(compare + 4),
  gt_s: binary(compare + 5),
  gt_u: binary(compare + 6),
  le_s: binary(compare + 7),
  le_u: binary(compare + 8),
  ge_s: binary(compare + 9),
  ge_u: binary(compare + 10),
  clz: unary(arithmetic),
  ctz: unary(arithmetic + 1),
  popcnt: unary(arithmetic + 2),
  add: binary(arithmetic + 3),
  sub: binary(arithmetic + 4),
  mul: binary(arithmetic + 5),
  div_s: binary(arithmetic + 6),
  div_u: binary(arithmetic + 7),
  rem_s: binary(arithmetic + 8),
  rem_u: binary(arithmetic + 9),
  and: binary(arithmetic + 10),
  or: binary(arithmetic + 11),
  xor: binary(arithmetic + 12),
  shl: binary(arithmetic + 13),
  shr_s: binary(arithmetic + 14),
  shr_u: binary(arithmetic + 15),
  rotl: binary(arithmetic + 16),
  rotr: binary(arithmetic + 17),
});

const floatOps = (compare: number, arithmetic: number) => ({
  eq: binary(compare),
  ne: binary(compare + 1),
  lt: binary(compare + 2),
  gt: binary(compare + 3),
  le: binary(compare + 4),
  ge: binary(compare + 5),
  abs: unary(arithmetic),
  neg: unary(arithmetic + 1),
  ceil: unary(arithmetic + 2),
  floor: unary(arithmetic + 3),
  trunc: unary(arithmetic + 4),
  nearest: unary(arithmetic + 5),
  sqrt: unary(arithmetic + 6),
  add: binary(arithmetic + 7),
  sub: binary(arithmetic + 8),
  mul: binary(arithmetic + 9),
  div: binary(arithmetic + 10),
  min: binary(arithmetic + 11),
  max: binary(arithmetic + 12),
  copysign: binary(arithmetic + 13),
});

/** i32 stands at even opcodes of the threads proposal, i64 one after it. */
const atomicOps = (size: number, which: 0 | 1) => ({
  load: atomicLoad(size, 0x10 + which),
  store: atomicStore(size, 0x17 + which),
  add: atomicStore(size, 0x1e + which),
  sub: atomicStore(size, 0x25 + which),
  and: atomicStore(size, 0x2c + which),
  or: atomicStore(size, 0x33 + which),
  xor: atomicStore(size, 0x3a + which),
  xchg: atomicStore(size, 0x41 + which),
  /** (address, expected, replacement) → the value that was there. */
  cmpxchg: atomicTernary(size, 0x48 + which),
});

function f32Bytes(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return bytes;
}

function f64Bytes(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return bytes;
}

export const i32 = Object.freeze({
  const: (value: number): Code => [0x41, sleb32(value)],
  ...integerOps(0x45, 0x67),
  load: load(4, 0x28),
  load8_s: load(1, 0x2c),
  load8_u: load(1, 0x2d),
  load16_s: load(2, 0x2e),
  load16_u: load(2, 0x2f),
  store: store(4, 0x36),
  store8: store(1, 0x3a),
  store16: store(2, 0x3b),
  wrap_i64: unary(0xa7),
  trunc_f32_s: unary(0xa8),
  trunc_sat_f32_s: unary(0xfc, 0),
  trunc_sat_f32_u: unary(0xfc, 1),
  trunc_sat_f64_s: unary(0xfc, 2),
  trunc_sat_f64_u: unary(0xfc, 3),
  reinterpret_f32: unary(0xbc),
  extend8_s: unary(0xc0),
  extend16_s: unary(0xc1),
  atomic: Object.freeze(atomicOps(4, 0)),
});

export const i64 = Object.freeze({
  const: (value: number | bigint): Code => [0x42, sleb64(value)],
  ...integerOps(0x50, 0x79),
  load: load(8, 0x29),
  load32_s: load(4, 0x34),
  load32_u: load(4, 0x35),
  store: store(8, 0x37),
  store32: store(4, 0x3e),
  extend_i32_s: unary(0xac),
  extend_i32_u: unary(0xad),
  trunc_sat_f32_s: unary(0xfc, 4),
  trunc_sat_f32_u: unary(0xfc, 5),
  trunc_sat_f64_s: unary(0xfc, 6),
  trunc_sat_f64_u: unary(0xfc, 7),
  reinterpret_f64: unary(0xbd),
  atomic: Object.freeze(atomicOps(8, 1)),
});

export const f32 = Object.freeze({
  const: (value: number): Code => [0x43, f32Bytes(value)],
  ...floatOps(0x5b, 0x8b),
  load: load(4, 0x2a),
  store: store(4, 0x38),
  convert_i32_s: unary(0xb2),
  convert_i32_u: unary(0xb3),
  convert_i64_s: unary(0xb4),
  convert_i64_u: unary(0xb5),
  demote_f64: unary(0xb6),
  reinterpret_i32: unary(0xbe),
});

export const f64 = Object.freeze({
  const: (value: number): Code => [0x44, f64Bytes(value)],
  ...floatOps(0x61, 0x99),
  load: load(8, 0x2b),
  store: store(8, 0x39),
  convert_i32_s: unary(0xb7),
  convert_i32_u: unary(0xb8),
  convert_i64_s: unary(0xb9),
  convert_i64_u: unary(0xba),
  promote_f32: unary(0xbb),
  reinterpret_i64: unary(0xbf),
});
