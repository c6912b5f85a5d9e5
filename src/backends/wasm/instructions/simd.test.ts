/** Every vector instruction, with operands that tell it from its neighbours in the opcode table. */
import { describe, test } from "vitest";
import { all, at, bytes, rowRunner, scratch, view } from "../../../../test/instruction-rows.ts";
import {
  f32,
  f32x4,
  f64,
  f64x2,
  i8x16,
  i16x8,
  i32,
  i32x4,
  i64,
  i64x2,
  v128,
} from "../assembler.ts";

const { run, expectEvery } = rowRunner();
const [I, L, F, D] = [i32.const, i64.const, f32.const, f64.const];
const hasRelaxed = Number.parseInt(process.versions.node, 10) >= 22;

const vector = v128.load(at, 0, 1);
const signed8 = all(16, (i) => view.getInt8(i));
const words = all(4, (i) => view.getInt32(4 * i, true));

describe("vectors of bytes, halves and doubles", () => {
  run("i8x16", [
    ["v128.load", vector, signed8],
    ["v128.const", v128.const(bytes.subarray(0, 16)), signed8],
    ["v128.load8_splat", v128.load8_splat(at, 1), all(16, () => signed8[1])],
    [
      "v128.load8_lane",
      v128.load8_lane(at, i8x16.splat(I(0)), 3, 1),
      all(16, (i) => (i === 3 ? signed8[1] : 0)),
    ],
    [
      "v128.store8_lane",
      [i32.store(scratch, I(0)), v128.store8_lane(scratch, vector, 3), v128.load8_splat(scratch)],
      all(16, () => signed8[3]),
    ],
    [
      "i8x16.shuffle",
      i8x16.shuffle(vector, i8x16.splat(I(9)), [15, 16, 0, ...all(13, () => 1)]),
      [signed8[15], 9, signed8[0], ...all(13, () => signed8[1])],
    ],
    ["i8x16.swizzle", i8x16.swizzle(vector, i8x16.splat(I(2))), all(16, () => signed8[2])],
    ["i8x16.splat", i8x16.splat(I(-5)), all(16, () => -5)],
    ["i8x16.eq", i8x16.eq(vector, i8x16.splat(I(1))), all(16, (i) => (i === 0 ? -1 : 0))],
    ["i8x16.ne", i8x16.ne(vector, i8x16.splat(I(1))), all(16, (i) => (i === 0 ? 0 : -1))],
    ["i8x16.add", i8x16.add(vector, i8x16.splat(I(1))), signed8.map((x) => x + 1)],
    ["i8x16.sub", i8x16.sub(i8x16.splat(I(10)), i8x16.splat(I(3))), all(16, () => 7)],
  ]);
  run("i32", [
    ["i8x16.all_true", i8x16.all_true(vector), 1],
    ["i8x16.bitmask", i8x16.bitmask(vector), 0xaaaa],
    ["v128.any_true", v128.any_true(i32x4.const(0, 0, 0, 4)), 1],
  ]);
  run("i16x8", [
    ["v128.load8x8_s", v128.load8x8_s(at), all(8, (i) => view.getInt8(i))],
    ["v128.load8x8_u", v128.load8x8_u(at), all(8, (i) => view.getUint8(i))],
    ["v128.load16_splat", v128.load16_splat(at, 2), all(8, () => view.getInt16(2, true))],
    [
      "v128.load16_lane",
      v128.load16_lane(at, i16x8.splat(I(0)), 2),
      all(8, (i) => (i === 2 ? view.getInt16(0, true) : 0)),
    ],
    [
      "v128.store16_lane",
      [v128.store16_lane(scratch, vector, 2), v128.load16_splat(scratch)],
      all(8, () => view.getInt16(4, true)),
    ],
    ["i16x8.splat", i16x8.splat(I(-300)), all(8, () => -300)],
    ["i16x8.extend_low_i8x16_s", i16x8.extend_low_i8x16_s(vector), all(8, (i) => view.getInt8(i))],
    [
      "i16x8.extend_high_i8x16_s",
      i16x8.extend_high_i8x16_s(vector),
      all(8, (i) => view.getInt8(8 + i)),
    ],
    ["i16x8.extend_low_i8x16_u", i16x8.extend_low_i8x16_u(vector), all(8, (i) => view.getUint8(i))],
    [
      "i16x8.extend_high_i8x16_u",
      i16x8.extend_high_i8x16_u(vector),
      all(8, (i) => view.getUint8(8 + i)),
    ],
    ["i16x8.add", i16x8.add(i16x8.splat(I(300)), i16x8.splat(I(30))), all(8, () => 330)],
    ["i16x8.sub", i16x8.sub(i16x8.splat(I(300)), i16x8.splat(I(30))), all(8, () => 270)],
    ["i16x8.mul", i16x8.mul(i16x8.splat(I(300)), i16x8.splat(I(30))), all(8, () => 9000)],
  ]);
  const x = i64x2.splat(L(-6));
  run("i64x2", [
    ["v128.load32x2_s", v128.load32x2_s(at), [BigInt(words[0]), BigInt(words[1])]],
    ["v128.load32x2_u", v128.load32x2_u(at), [BigInt(words[0] >>> 0), BigInt(words[1] >>> 0)]],
    [
      "v128.load64_splat",
      v128.load64_splat(at),
      [view.getBigInt64(0, true), view.getBigInt64(0, true)],
    ],
    ["v128.load64_zero", v128.load64_zero(at), [view.getBigInt64(0, true), 0n]],
    ["v128.load64_lane", v128.load64_lane(at, x, 1), [-6n, view.getBigInt64(0, true)]],
    [
      "v128.store64_lane",
      [v128.store64_lane(scratch, vector, 1), v128.load64_splat(scratch)],
      [view.getBigInt64(8, true), view.getBigInt64(8, true)],
    ],
    ["i64x2.splat", x, [-6n, -6n]],
    ["i64x2.replace_lane", i64x2.replace_lane(x, 1, L(5)), [-6n, 5n]],
    ["i64x2.shl", i64x2.shl(x, I(40)), [-6n << 40n, -6n << 40n]],
    ["i64x2.shr_s", i64x2.shr_s(x, I(1)), [-3n, -3n]],
    ["i64x2.shr_u", i64x2.shr_u(x, I(60)), [15n, 15n]],
    ["i64x2.add", i64x2.add(x, x), [-12n, -12n]],
    ["i64x2.sub", i64x2.sub(x, i64x2.splat(L(1))), [-7n, -7n]],
    ["i64x2.mul", i64x2.mul(x, x), [36n, 36n]],
    [
      "i64x2.extmul_low_i32x4_u",
      i64x2.extmul_low_i32x4_u(i32x4.const(-1, 2, 3, 4), i32x4.const(5)),
      [5n * (2n ** 32n - 1n), 10n],
    ],
    [
      "i64x2.extmul_high_i32x4_u",
      i64x2.extmul_high_i32x4_u(i32x4.const(-1, 2, 3, -1), i32x4.const(5)),
      [15n, 5n * (2n ** 32n - 1n)],
    ],
  ]);
  run("i64", [["i64x2.extract_lane", i64x2.extract_lane(i64x2.replace_lane(x, 1, L(5)), 1), 5n]]);
  const d = f64x2.replace_lane(f64x2.splat(D(2.25)), 1, D(-4));
  const e = f64x2.splat(D(0.5));
  run("f64x2", [
    ["f64x2.splat", e, [0.5, 0.5]],
    ["f64x2.replace_lane", d, [2.25, -4]],
    ["f64x2.promote_low_f32x4", f64x2.promote_low_f32x4(f32x4.const(1.5, 2, 3, 4)), [1.5, 2]],
    ["f64x2.abs", f64x2.abs(d), [2.25, 4]],
    ["f64x2.neg", f64x2.neg(d), [-2.25, 4]],
    ["f64x2.sqrt", f64x2.sqrt(f64x2.abs(d)), [1.5, 2]],
    ["f64x2.add", f64x2.add(d, e), [2.75, -3.5]],
    ["f64x2.sub", f64x2.sub(d, e), [1.75, -4.5]],
    ["f64x2.mul", f64x2.mul(d, e), [1.125, -2]],
    ["f64x2.div", f64x2.div(d, e), [4.5, -8]],
    ["f64x2.min", f64x2.min(d, e), [0.5, -4]],
    ["f64x2.max", f64x2.max(d, e), [2.25, 0.5]],
  ]);
  run("f64", [["f64x2.extract_lane", f64x2.extract_lane(d, 1), -4]]);
});

describe("vectors of integers", () => {
  const a = i32x4.const(1, -2, 7, -(2 ** 31));
  const b = i32x4.const(1, 3, -5, 2);
  const u = (x: number) => x >>> 0;
  const on = (f: (x: number, y: number) => number | boolean) => {
    const [p, q] = [
      [1, -2, 7, -(2 ** 31)],
      [1, 3, -5, 2],
    ];
    return p.map((x, i) => {
      const r = f(x, q[i]);
      return typeof r === "boolean" ? (r ? -1 : 0) : r | 0;
    });
  };
  run("i32x4", [
    ["i32x4.const", a, [1, -2, 7, -(2 ** 31)]],
    ["i32x4.const (one)", i32x4.const(9), [9, 9, 9, 9]],
    ["i32x4.splat", i32x4.splat(I(-9)), [-9, -9, -9, -9]],
    ["i32x4.replace_lane", i32x4.replace_lane(a, 2, I(5)), [1, -2, 5, -(2 ** 31)]],
    ["i32x4.eq", i32x4.eq(a, b), on((x, y) => x === y)],
    ["i32x4.ne", i32x4.ne(a, b), on((x, y) => x !== y)],
    ["i32x4.lt_s", i32x4.lt_s(a, b), on((x, y) => x < y)],
    ["i32x4.lt_u", i32x4.lt_u(a, b), on((x, y) => u(x) < u(y))],
    ["i32x4.gt_s", i32x4.gt_s(a, b), on((x, y) => x > y)],
    ["i32x4.gt_u", i32x4.gt_u(a, b), on((x, y) => u(x) > u(y))],
    ["i32x4.le_s", i32x4.le_s(a, b), on((x, y) => x <= y)],
    ["i32x4.le_u", i32x4.le_u(a, b), on((x, y) => u(x) <= u(y))],
    ["i32x4.ge_s", i32x4.ge_s(a, b), on((x, y) => x >= y)],
    ["i32x4.ge_u", i32x4.ge_u(a, b), on((x, y) => u(x) >= u(y))],
    ["i32x4.abs", i32x4.abs(a), on((x) => Math.abs(x))],
    ["i32x4.neg", i32x4.neg(a), on((x) => -x)],
    ["i32x4.shl", i32x4.shl(a, I(3)), on((x) => x << 3)],
    ["i32x4.shr_s", i32x4.shr_s(a, I(3)), on((x) => x >> 3)],
    ["i32x4.shr_u", i32x4.shr_u(a, I(3)), on((x) => x >>> 3)],
    ["i32x4.add", i32x4.add(a, b), on((x, y) => x + y)],
    ["i32x4.sub", i32x4.sub(a, b), on((x, y) => x - y)],
    ["i32x4.mul", i32x4.mul(a, b), on(Math.imul)],
    ["i32x4.min_s", i32x4.min_s(a, b), on((x, y) => Math.min(x, y))],
    ["i32x4.min_u", i32x4.min_u(a, b), on((x, y) => Math.min(u(x), u(y)))],
    ["i32x4.max_s", i32x4.max_s(a, b), on((x, y) => Math.max(x, y))],
    ["i32x4.max_u", i32x4.max_u(a, b), on((x, y) => Math.max(u(x), u(y)))],
    [
      "i32x4.dot_i16x8_s",
      i32x4.dot_i16x8_s(i16x8.splat(I(300)), i16x8.splat(I(-300))),
      [-180_000, -180_000, -180_000, -180_000],
    ],
    [
      "i32x4.extend_low_i16x8_s",
      i32x4.extend_low_i16x8_s(vector),
      all(4, (i) => view.getInt16(2 * i, true)),
    ],
    [
      "i32x4.extend_high_i16x8_s",
      i32x4.extend_high_i16x8_s(vector),
      all(4, (i) => view.getInt16(8 + 2 * i, true)),
    ],
    [
      "i32x4.extend_low_i16x8_u",
      i32x4.extend_low_i16x8_u(vector),
      all(4, (i) => view.getUint16(2 * i, true)),
    ],
    [
      "i32x4.extend_high_i16x8_u",
      i32x4.extend_high_i16x8_u(vector),
      all(4, (i) => view.getUint16(8 + 2 * i, true)),
    ],
    [
      "i32x4.trunc_sat_f32x4_s",
      i32x4.trunc_sat_f32x4_s(f32x4.const(-2.75, 3e9, Number.NaN, 2)),
      [-2, 2 ** 31 - 1, 0, 2],
    ],
    [
      "i32x4.trunc_sat_f32x4_u",
      i32x4.trunc_sat_f32x4_u(f32x4.const(-2.75, 3e9, Number.NaN, 2)),
      [0, 3e9 | 0, 0, 2],
    ],
    ["v128.load16x4_s", v128.load16x4_s(at), all(4, (i) => view.getInt16(2 * i, true))],
    ["v128.load16x4_u", v128.load16x4_u(at), all(4, (i) => view.getUint16(2 * i, true))],
    ["v128.load32_splat", v128.load32_splat(at, 4), all(4, () => words[1])],
    ["v128.load32_zero", v128.load32_zero(at, 4), [words[1], 0, 0, 0]],
    ["v128.load32_lane", v128.load32_lane(at, b, 2, 4), [1, 3, words[1], 2]],
    ["v128.store", [v128.store(scratch, b, 16), v128.load(scratch, 16)], [1, 3, -5, 2]],
    [
      "v128.store32_lane",
      [v128.store32_lane(scratch, b, 2, 8), v128.load32_splat(scratch, 8)],
      [-5, -5, -5, -5],
    ],
    ["v128.not", v128.not(a), on((x) => ~x)],
    ["v128.and", v128.and(a, b), on((x, y) => x & y)],
    ["v128.andnot", v128.andnot(a, b), on((x, y) => x & ~y)],
    ["v128.or", v128.or(a, b), on((x, y) => x | y)],
    ["v128.xor", v128.xor(a, b), on((x, y) => x ^ y)],
    [
      "v128.bitselect",
      v128.bitselect(a, b, i32x4.const(-1, 0, 6, 0)),
      [1, 3, (7 & 6) | (-5 & ~6), 2],
    ],
  ]);
  run("i32", [
    ["i32x4.extract_lane", i32x4.extract_lane(a, 2), 7],
    ["i32x4.all_true", i32x4.all_true(a), 1],
    ["i32x4.bitmask", i32x4.bitmask(a), 0b1010],
  ]);
});

describe("vectors of floats", () => {
  const p = [1.5, -2.5, 3.5, 0.25];
  const q = [1.5, 0.75, -1.25, 8];
  const [a, b] = [f32x4.const(...p), f32x4.const(...q)];
  const on = (f: (x: number, y: number) => number) => p.map((x, i) => Math.fround(f(x, q[i])));
  const masks = (f: (x: number, y: number) => boolean) => p.map((x, i) => (f(x, q[i]) ? -1 : 0));
  const nan = f32x4.const(Number.NaN, 1, Number.NaN, 2);
  const ones = f32x4.const(1);
  run("f32x4", [
    ["f32x4.const", a, p],
    ["f32x4.const (one)", f32x4.const(0.1), all(4, () => Math.fround(0.1))],
    ["f32x4.splat", f32x4.splat(F(-0.5)), [-0.5, -0.5, -0.5, -0.5]],
    ["f32x4.replace_lane", f32x4.replace_lane(a, 1, F(9)), [1.5, 9, 3.5, 0.25]],
    ["f32x4.ceil", f32x4.ceil(a), on((x) => Math.ceil(x))],
    ["f32x4.floor", f32x4.floor(a), on((x) => Math.floor(x))],
    ["f32x4.trunc", f32x4.trunc(a), on((x) => Math.trunc(x))],
    ["f32x4.nearest", f32x4.nearest(a), [2, -2, 4, 0]],
    ["f32x4.abs", f32x4.abs(a), on((x) => Math.abs(x))],
    ["f32x4.neg", f32x4.neg(a), on((x) => -x)],
    ["f32x4.sqrt", f32x4.sqrt(f32x4.mul(a, a)), on((x) => Math.abs(x))],
    ["f32x4.add", f32x4.add(a, b), on((x, y) => x + y)],
    ["f32x4.sub", f32x4.sub(a, b), on((x, y) => x - y)],
    ["f32x4.mul", f32x4.mul(a, b), on((x, y) => x * y)],
    ["f32x4.div", f32x4.div(a, b), on((x, y) => x / y)],
    ["f32x4.min", f32x4.min(a, b), on((x, y) => Math.min(x, y))],
    ["f32x4.max", f32x4.max(a, b), on((x, y) => Math.max(x, y))],
    ["f32x4.min (NaN)", f32x4.min(ones, nan), [Number.NaN, 1, Number.NaN, 1]],
    ["f32x4.pmin", f32x4.pmin(ones, nan), [1, 1, 1, 1]],
    ["f32x4.pmax", f32x4.pmax(ones, nan), [1, 1, 1, 2]],
    ["f32x4.convert_i32x4_s", f32x4.convert_i32x4_s(i32x4.const(-1, 2, 3, 4)), [-1, 2, 3, 4]],
    [
      "f32x4.convert_i32x4_u",
      f32x4.convert_i32x4_u(i32x4.const(-(2 ** 31), 2, 3, 4)),
      [2 ** 31, 2, 3, 4],
    ],
    [
      "f32x4.demote_f64x2_zero",
      f32x4.demote_f64x2_zero(f64x2.splat(D(0.1))),
      [Math.fround(0.1), Math.fround(0.1), 0, 0],
    ],
  ]);
  run("i32x4", [
    ["f32x4.eq", f32x4.eq(a, b), masks((x, y) => x === y)],
    ["f32x4.ne", f32x4.ne(a, b), masks((x, y) => x !== y)],
    ["f32x4.lt", f32x4.lt(a, b), masks((x, y) => x < y)],
    ["f32x4.gt", f32x4.gt(a, b), masks((x, y) => x > y)],
    ["f32x4.le", f32x4.le(a, b), masks((x, y) => x <= y)],
    ["f32x4.ge", f32x4.ge(a, b), masks((x, y) => x >= y)],
  ]);
  run("f32", [["f32x4.extract_lane", f32x4.extract_lane(a, 2), 3.5]]);
});

// Node 20 has no relaxed SIMD.
describe.skipIf(!hasRelaxed)("relaxed vectors", () => {
  const [a, b, c] = [
    f32x4.const(1.5, -2, 3, 4),
    f32x4.const(2, 3, -1, 0.5),
    f32x4.const(10, 20, 30, 40),
  ];
  const [d, e] = [f64x2.splat(D(3)), f64x2.splat(D(0.5))];
  run("f32x4", [
    ["f32x4.relaxed_madd", f32x4.relaxed_madd(a, b, c), [13, 14, 27, 42]],
    ["f32x4.relaxed_nmadd", f32x4.relaxed_nmadd(a, b, c), [7, 26, 33, 38]],
    ["f32x4.relaxed_min", f32x4.relaxed_min(a, b), [1.5, -2, -1, 0.5]],
    ["f32x4.relaxed_max", f32x4.relaxed_max(a, b), [2, 3, 3, 4]],
  ]);
  run("f64x2", [
    ["f64x2.relaxed_madd", f64x2.relaxed_madd(d, d, e), [9.5, 9.5]],
    ["f64x2.relaxed_nmadd", f64x2.relaxed_nmadd(d, d, e), [-8.5, -8.5]],
  ]);
  run("i32x4", [
    [
      "i32x4.relaxed_trunc_f32x4_s",
      i32x4.relaxed_trunc_f32x4_s(f32x4.const(-2.5, 1, 2, 3)),
      [-2, 1, 2, 3],
    ],
    [
      "i32x4.relaxed_trunc_f32x4_u",
      i32x4.relaxed_trunc_f32x4_u(f32x4.const(2.5, 1, 2, 3e9)),
      [2, 1, 2, 3e9 | 0],
    ],
    [
      "i32x4.relaxed_laneselect",
      i32x4.relaxed_laneselect(i32x4.const(1), i32x4.const(2), i32x4.const(-1, 0, 0, -1)),
      [1, 2, 2, 1],
    ],
  ]);
  run("i8x16", [
    [
      "i8x16.relaxed_swizzle",
      i8x16.relaxed_swizzle(vector, i8x16.splat(I(2))),
      all(16, () => signed8[2]),
    ],
  ]);
});

test("every instruction has a row", () =>
  expectEvery({ v128, i8x16, i16x8, i32x4, i64x2, f32x4, f64x2 }));
