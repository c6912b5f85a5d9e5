/** 128-bit instructions (core specification, 5.4.9) and the relaxed ones; their prefix is 0xfd. */
import { ConvkitError } from "../../../core/error.ts";
import type { Code } from "./code.ts";
import { binary, extractLane, lane, load, replaceLane, store, ternary, unary } from "./shapes.ts";

const SIMD = 0xfd;
const un = (op: number) => unary(SIMD, op);
const bin = (op: number) => binary(SIMD, op);

const constant = (bytes: Uint8Array): Code => [SIMD, 12, bytes];

function wholeLanes(values: readonly number[], count: number): void {
  if (values.length !== count) {
    throw new ConvkitError("wasm", `a vector of ${count} lanes was given ${values.length} values`);
  }
}

const fourOf = (v: readonly number[]) => (v.length === 1 ? [v[0], v[0], v[0], v[0]] : v);

export const v128 = Object.freeze({
  load: load(16, SIMD, 0),
  load8x8_s: load(8, SIMD, 1),
  load8x8_u: load(8, SIMD, 2),
  load16x4_s: load(8, SIMD, 3),
  load16x4_u: load(8, SIMD, 4),
  load32x2_s: load(8, SIMD, 5),
  load32x2_u: load(8, SIMD, 6),
  load8_splat: load(1, SIMD, 7),
  load16_splat: load(2, SIMD, 8),
  load32_splat: load(4, SIMD, 9),
  load64_splat: load(8, SIMD, 10),
  load32_zero: load(4, SIMD, 92),
  load64_zero: load(8, SIMD, 93),
  /** (address, vector, lane) → the vector with that lane read anew. */
  load8_lane: lane(1, SIMD, 84),
  load16_lane: lane(2, SIMD, 85),
  load32_lane: lane(4, SIMD, 86),
  load64_lane: lane(8, SIMD, 87),
  store: store(16, SIMD, 11),
  store8_lane: lane(1, SIMD, 88),
  store16_lane: lane(2, SIMD, 89),
  store32_lane: lane(4, SIMD, 90),
  store64_lane: lane(8, SIMD, 91),
  /** Sixteen bytes as they are. */
  const: (bytes: Uint8Array): Code => {
    wholeLanes([...bytes], 16);
    return constant(bytes);
  },
  not: un(77),
  and: bin(78),
  /** a and not b. */
  andnot: bin(79),
  or: bin(80),
  xor: bin(81),
  /** The bits of a where the mask has ones, else those of b: bitselect(a, b, mask). */
  bitselect: ternary(SIMD, 82),
  any_true: un(83),
});

export const i8x16 = Object.freeze({
  /** Bytes 0–15 name those of a, 16–31 those of b. */
  shuffle: (a: Code, b: Code, lanes: readonly number[]): Code => {
    wholeLanes(lanes, 16);
    return [a, b, SIMD, 13, lanes];
  },
  /** Bytes of a, chosen by the bytes of b; 0 where the choice passes 15. */
  swizzle: bin(14),
  relaxed_swizzle: bin(0x100),
  splat: un(15),
  eq: bin(35),
  ne: bin(36),
  all_true: un(99),
  bitmask: un(100),
  add: bin(110),
  sub: bin(113),
});

export const i16x8 = Object.freeze({
  splat: un(16),
  extend_low_i8x16_s: un(135),
  extend_high_i8x16_s: un(136),
  extend_low_i8x16_u: un(137),
  extend_high_i8x16_u: un(138),
  add: bin(142),
  sub: bin(145),
  mul: bin(149),
});

export const i32x4 = Object.freeze({
  /** Four values, or one for all lanes. */
  const: (...values: number[]): Code => {
    const four = fourOf(values);
    wholeLanes(four, 4);
    return constant(new Uint8Array(Int32Array.from(four).buffer));
  },
  splat: un(17),
  extract_lane: extractLane(SIMD, 27),
  replace_lane: replaceLane(SIMD, 28),
  eq: bin(55),
  ne: bin(56),
  lt_s: bin(57),
  lt_u: bin(58),
  gt_s: bin(59),
  gt_u: bin(60),
  le_s: bin(61),
  le_u: bin(62),
  ge_s: bin(63),
  ge_u: bin(64),
  abs: un(160),
  neg: un(161),
  all_true: un(163),
  /** The sign bits of the lanes as an i32, lane 0 lowest. */
  bitmask: un(164),
  extend_low_i16x8_s: un(167),
  extend_high_i16x8_s: un(168),
  extend_low_i16x8_u: un(169),
  extend_high_i16x8_u: un(170),
  /** Shifts take one i32 for all lanes. */
  shl: bin(171),
  shr_s: bin(172),
  shr_u: bin(173),
  add: bin(174),
  sub: bin(177),
  mul: bin(181),
  min_s: bin(182),
  min_u: bin(183),
  max_s: bin(184),
  max_u: bin(185),
  dot_i16x8_s: bin(186),
  /** NaN gives 0, and what is out of range the nearest that fits. */
  trunc_sat_f32x4_s: un(248),
  trunc_sat_f32x4_u: un(249),
  relaxed_trunc_f32x4_s: un(0x101),
  relaxed_trunc_f32x4_u: un(0x102),
  relaxed_laneselect: ternary(SIMD, 0x10b),
});

export const i64x2 = Object.freeze({
  splat: un(18),
  extract_lane: extractLane(SIMD, 29),
  replace_lane: replaceLane(SIMD, 30),
  shl: bin(203),
  shr_s: bin(204),
  shr_u: bin(205),
  add: bin(206),
  sub: bin(209),
  mul: bin(213),
  extmul_low_i32x4_u: bin(222),
  extmul_high_i32x4_u: bin(223),
});

export const f32x4 = Object.freeze({
  /** Four values, or one for all lanes. */
  const: (...values: number[]): Code => {
    const four = fourOf(values);
    wholeLanes(four, 4);
    return constant(new Uint8Array(Float32Array.from(four).buffer));
  },
  splat: un(19),
  extract_lane: extractLane(SIMD, 31),
  replace_lane: replaceLane(SIMD, 32),
  eq: bin(65),
  ne: bin(66),
  lt: bin(67),
  gt: bin(68),
  le: bin(69),
  ge: bin(70),
  ceil: un(103),
  floor: un(104),
  trunc: un(105),
  /** To the nearest integer, ties to even. */
  nearest: un(106),
  abs: un(224),
  neg: un(225),
  sqrt: un(227),
  add: bin(228),
  sub: bin(229),
  mul: bin(230),
  div: bin(231),
  /** NaN if either is. */
  min: bin(232),
  max: bin(233),
  /** b < a ? b : a, which is one instruction on x86. */
  pmin: bin(234),
  /** a < b ? b : a. */
  pmax: bin(235),
  convert_i32x4_s: un(250),
  convert_i32x4_u: un(251),
  demote_f64x2_zero: un(94),
  /** a·b + c, rounded once or twice as the machine likes. */
  relaxed_madd: ternary(SIMD, 0x105),
  /** −(a·b) + c. */
  relaxed_nmadd: ternary(SIMD, 0x106),
  relaxed_min: bin(0x10d),
  relaxed_max: bin(0x10e),
});

export const f64x2 = Object.freeze({
  splat: un(20),
  extract_lane: extractLane(SIMD, 33),
  replace_lane: replaceLane(SIMD, 34),
  promote_low_f32x4: un(95),
  abs: un(236),
  neg: un(237),
  sqrt: un(239),
  add: bin(240),
  sub: bin(241),
  mul: bin(242),
  div: bin(243),
  min: bin(244),
  max: bin(245),
  relaxed_madd: ternary(SIMD, 0x107),
  relaxed_nmadd: ternary(SIMD, 0x108),
});
