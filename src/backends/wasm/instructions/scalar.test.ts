/** Every scalar and memory instruction, with operands that tell it from its neighbours in the opcode table. */
import { describe, expect, test } from "vitest";
import {
  at,
  bytes,
  evaluate,
  type Row,
  rowRunner,
  scratch,
  type Value,
  view,
} from "../../../../test/instruction-rows.ts";
import { type Code, dataDrop, f32, f64, i32, i64, memory, ptrOps } from "../assembler.ts";

const { run, expectEvery } = rowRunner();
const [I, L, F, D] = [i32.const, i64.const, f32.const, f64.const];
/** Runs the store, then reads what it left. */
const then = (first: Code, second: Code): Code => [first, second];
const left = then(i32.store(scratch, I(-1)), []);

const integerRows = (name: "i32" | "i64"): { value: Row[]; truth: Row[] } => {
  const family = name === "i32" ? i32 : i64;
  const bits = name === "i32" ? 32 : 64;
  const c = (x: number) => (name === "i32" ? I(x) : L(x));
  const r = (x: number | bigint): Value => (name === "i32" ? Number(x) : BigInt(x));
  const top = 2n ** BigInt(bits - 1);
  const signed = (x: bigint): Value => r(BigInt.asIntN(bits, x));
  return {
    value: [
      ["const", c(-123456), r(-123456)],
      ["add", family.add(c(7), c(-3)), r(4)],
      ["sub", family.sub(c(7), c(10)), r(-3)],
      ["mul", family.mul(c(-7), c(6)), r(-42)],
      ["div_s", family.div_s(c(-7), c(2)), r(-3)],
      ["div_u", family.div_u(c(-2), c(2)), r(top - 1n)],
      ["rem_s", family.rem_s(c(-7), c(4)), r(-3)],
      ["rem_u", family.rem_u(c(-1), c(10)), r((2n * top - 1n) % 10n)],
      ["and", family.and(c(12), c(10)), r(8)],
      ["or", family.or(c(12), c(10)), r(14)],
      ["xor", family.xor(c(12), c(10)), r(6)],
      ["shl", family.shl(c(3), c(bits - 1)), signed(top)],
      ["shr_s", family.shr_s(c(-8), c(1)), r(-4)],
      ["shr_u", family.shr_u(c(-1), c(bits - 4)), r(15)],
      ["rotl", family.rotl(c(-2), c(1)), r(-3)],
      ["rotr", family.rotr(c(1), c(1)), signed(top)],
      ["clz", family.clz(c(16)), r(bits - 5)],
      ["ctz", family.ctz(c(16)), r(4)],
      ["popcnt", family.popcnt(c(255)), r(8)],
      [
        "load",
        family.load(at, 1),
        r(bits === 32 ? view.getInt32(1, true) : view.getBigInt64(1, true)),
      ],
      ["store", then(family.store(scratch, c(-77), 8), family.load(scratch, 8)), r(-77)],
      ...(
        [
          [
            "load",
            family.atomic.load(at, 8),
            r(bits === 32 ? view.getInt32(8, true) : view.getBigInt64(8, true)),
          ],
          ["store", then(family.atomic.store(scratch, c(5), 8), family.load(scratch, 8)), r(5)],
          ["add", changed((v) => family.atomic.add(scratch, v, 8)), r(12 * 1000 + 22)],
          ["sub", changed((v) => family.atomic.sub(scratch, v, 8)), r(12 * 1000 + 2)],
          ["and", changed((v) => family.atomic.and(scratch, v, 8)), r(12 * 1000 + 8)],
          ["or", changed((v) => family.atomic.or(scratch, v, 8)), r(12 * 1000 + 14)],
          ["xor", changed((v) => family.atomic.xor(scratch, v, 8)), r(12 * 1000 + 6)],
          ["xchg", changed((v) => family.atomic.xchg(scratch, v, 8)), r(12 * 1000 + 10)],
          [
            "cmpxchg",
            changed((v) => family.atomic.cmpxchg(scratch, c(12), v, 8)),
            r(12 * 1000 + 10),
          ],
          [
            "cmpxchg (other)",
            changed((v) => family.atomic.cmpxchg(scratch, c(13), v, 8)),
            r(12 * 1000 + 12),
          ],
        ] as Row[]
      ).map(([op, code, expected]): Row => [`atomic.${op}`, code, expected]),
    ].map(([op, code, expected]): Row => [`${name}.${op}`, code as Code, expected as Value]),
    truth: (
      [
        ["eqz", family.eqz(c(0)), 1],
        ["eq", family.eq(c(2), c(2)), 1],
        ["ne", family.ne(c(2), c(2)), 0],
        // −1 is less than 1 signed, more unsigned; 1 and 1 tell the strict from the others.
        ["lt_s", pairs(family.lt_s, c), 0b100],
        ["lt_u", pairs(family.lt_u, c), 0b001],
        ["gt_s", pairs(family.gt_s, c), 0b001],
        ["gt_u", pairs(family.gt_u, c), 0b100],
        ["le_s", pairs(family.le_s, c), 0b110],
        ["le_u", pairs(family.le_u, c), 0b011],
        ["ge_s", pairs(family.ge_s, c), 0b011],
        ["ge_u", pairs(family.ge_u, c), 0b110],
      ] as const
    ).map(([op, code, expected]): Row => [`${name}.${op}`, code, expected]),
  };

  /** 12 in memory, changed by 10: the old value times 1000 plus what is there after. */
  function changed(op: (operand: Code) => Code): Code {
    return [
      family.store(scratch, c(12), 8),
      family.add(family.mul(op(c(10)), c(1000)), family.load(scratch, 8)),
    ];
  }
};

/** op(−1, 1), op(1, 1), op(1, −1) as three bits. */
function pairs(op: (a: Code, b: Code) => Code, c: (x: number) => Code): Code {
  const bit = (a: number, b: number, shift: number) => i32.shl(op(c(a), c(b)), I(shift));
  return i32.or(bit(-1, 1, 2), i32.or(bit(1, 1, 1), bit(1, -1, 0)));
}

const floatRows = (name: "f32" | "f64"): { value: Row[]; truth: Row[] } => {
  const family = name === "f32" ? f32 : f64;
  const c = name === "f32" ? F : D;
  const rows = (list: readonly Row[]) => list.map(([n, x, y]): Row => [`${name}.${n}`, x, y]);
  return {
    value: rows([
      ["const", c(-1.5), -1.5],
      ["abs", family.abs(c(-2.5)), 2.5],
      ["neg", family.neg(c(2.5)), -2.5],
      ["ceil", family.ceil(c(-2.5)), -2],
      ["floor", family.floor(c(-2.5)), -3],
      ["trunc", family.trunc(c(2.75)), 2],
      ["nearest", family.nearest(c(3.5)), 4],
      ["sqrt", family.sqrt(c(6.25)), 2.5],
      ["add", family.add(c(2.5), c(0.5)), 3],
      ["sub", family.sub(c(2.5), c(0.5)), 2],
      ["mul", family.mul(c(2.5), c(0.5)), 1.25],
      ["div", family.div(c(2.5), c(0.5)), 5],
      ["min", family.min(c(2.5), c(0.5)), 0.5],
      ["max", family.max(c(2.5), c(0.5)), 2.5],
      ["copysign", family.copysign(c(2.5), c(-0.5)), -2.5],
      [
        "load",
        family.load(at, 4),
        name === "f32" ? view.getFloat32(4, true) : view.getFloat64(4, true),
      ],
      ["store", then(family.store(scratch, c(0.75), 4), family.load(scratch, 4)), 0.75],
      ["convert_i32_s", family.convert_i32_s(I(-2)), -2],
      ["convert_i32_u", family.convert_i32_u(I(-(2 ** 31))), 2 ** 31],
      ["convert_i64_s", family.convert_i64_s(L(-2)), -2],
      ["convert_i64_u", family.convert_i64_u(L(-(2n ** 63n))), 2 ** 63],
    ]),
    truth: rows([
      ["eq", pairs(family.eq, c), 0b010],
      ["ne", pairs(family.ne, c), 0b101],
      ["lt", pairs(family.lt, c), 0b100],
      ["gt", pairs(family.gt, c), 0b001],
      ["le", pairs(family.le, c), 0b110],
      ["ge", pairs(family.ge, c), 0b011],
    ]),
  };
};

describe("scalars", () => {
  run("i32", integerRows("i32").value);
  run("i32", integerRows("i32").truth);
  run("i64", integerRows("i64").value);
  run("i32", integerRows("i64").truth);
  run("f32", floatRows("f32").value);
  run("i32", floatRows("f32").truth);
  run("f64", floatRows("f64").value);
  run("i32", floatRows("f64").truth);
  run("i32", [
    ["i32.load8_s", i32.load8_s(at, 1), view.getInt8(1)],
    ["i32.load8_u", i32.load8_u(at, 1), view.getUint8(1)],
    ["i32.load16_s", i32.load16_s(at, 2), view.getInt16(2, true)],
    ["i32.load16_u", i32.load16_u(at, 2), view.getUint16(2, true)],
    ["i32.store8", then([left, i32.store8(scratch, I(1))], i32.load(scratch)), -255],
    ["i32.store16", then([left, i32.store16(scratch, I(1))], i32.load(scratch)), -65_535],
    ["i32.wrap_i64", i32.wrap_i64(L(2n ** 32n + 7n)), 7],
    ["i32.trunc_f32_s", i32.trunc_f32_s(F(-3.75)), -3],
    ["i32.trunc_sat_f32_s", i32.trunc_sat_f32_s(F(-3e9)), -(2 ** 31)],
    ["i32.trunc_sat_f32_u", i32.trunc_sat_f32_u(F(3e9)), 3e9 | 0],
    ["i32.trunc_sat_f64_s", i32.trunc_sat_f64_s(D(3e9)), 2 ** 31 - 1],
    ["i32.trunc_sat_f64_u", i32.trunc_sat_f64_u(D(-1)), 0],
    ["i32.reinterpret_f32", i32.reinterpret_f32(F(1)), 0x3f800000],
    ["i32.extend8_s", i32.extend8_s(I(0x1ff)), -1],
    ["i32.extend16_s", i32.extend16_s(I(0x1ffff)), -1],
  ]);
  run("i64", [
    ["i64.load32_s", i64.load32_s(at), BigInt(view.getInt32(0, true))],
    ["i64.load32_u", i64.load32_u(at), BigInt(view.getUint32(0, true))],
    [
      "i64.store32",
      then([i64.store(scratch, L(-1)), i64.store32(scratch, L(0))], i64.load(scratch)),
      -(2n ** 32n),
    ],
    ["i64.extend_i32_s", i64.extend_i32_s(I(-1)), -1n],
    ["i64.extend_i32_u", i64.extend_i32_u(I(-1)), 2n ** 32n - 1n],
    ["i64.trunc_sat_f32_s", i64.trunc_sat_f32_s(F(-3.5)), -3n],
    ["i64.trunc_sat_f32_u", i64.trunc_sat_f32_u(F(-3.5)), 0n],
    ["i64.trunc_sat_f64_s", i64.trunc_sat_f64_s(D(-(2 ** 40))), -(2n ** 40n)],
    ["i64.trunc_sat_f64_u", i64.trunc_sat_f64_u(D(2 ** 63)), -(2n ** 63n)],
    ["i64.reinterpret_f64", i64.reinterpret_f64(D(1)), 0x3ff0000000000000n],
  ]);
  run("f32", [
    ["f32.demote_f64", f32.demote_f64(D(0.1)), Math.fround(0.1)],
    ["f32.reinterpret_i32", f32.reinterpret_i32(I(0x40000000)), 2],
  ]);
  run("f64", [
    ["f64.promote_f32", f64.promote_f32(F(0.1)), Math.fround(0.1)],
    ["f64.reinterpret_i64", f64.reinterpret_i64(L(0x4000000000000000n)), 2],
  ]);
});

describe("memory", () => {
  const sum = (from: number, count: number) =>
    bytes.subarray(from, from + count).reduce((a, b) => a + b, 0);
  /** The four bytes at the scratch, and the one after them, which must stay 0. */
  const five = i32.add(
    i32.add(
      i32.add(i32.load8_u(scratch), i32.load8_u(scratch, 1)),
      i32.add(i32.load8_u(scratch, 2), i32.load8_u(scratch, 3)),
    ),
    i32.mul(i32.load8_u(scratch, 4), I(100_000)),
  );
  run("i32", [
    ["memory.size", memory.size(), 1],
    ["memory.grow", i32.add(memory.grow(I(1)), memory.size()), 3],
    ["memory.fill", [memory.fill(scratch, I(7), I(4)), five], 28],
    ["memory.copy", [memory.copy(scratch, at, I(4)), five], sum(0, 4)],
    ["memory.init", [memory.init(1, scratch, I(5), I(4)), five], sum(5, 4)],
    ["memory.atomic.notify", memory.atomic.notify(scratch, I(1)), 0],
    ["memory.atomic.wait32 (other value)", memory.atomic.wait32(scratch, I(5), L(-1)), 1],
    ["memory.atomic.wait32 (time is up)", memory.atomic.wait32(scratch, I(0), L(1000)), 2],
    ["memory.atomic.fence", [memory.atomic.fence(), I(1)], 1],
  ]);

  test("a dropped segment is empty", () => {
    const code = [dataDrop(1), memory.init(1, scratch, I(0), I(1)), I(0)];
    expect(() => evaluate("i32", code)).toThrow(WebAssembly.RuntimeError);
  });
});

test("pointers have the same names in both sizes", () => {
  expect(Object.keys(ptrOps(false))).toEqual(
    expect.arrayContaining(["type", "bytes", "const", "from32", "to32", "add", "lt_u", "load"]),
  );
  const [small, large] = [ptrOps(false), ptrOps(true)];
  expect(evaluate("i32", small.to32(small.add(small.const(5), small.from32(I(-1)))))).toBe(4);
  expect(evaluate("i64", large.add(large.const(5), large.from32(I(-1))))).toBe(2n ** 32n + 4n);
  expect(evaluate("i32", large.to32(large.const(2 ** 32 + 9)))).toBe(9);
});

test("every instruction has a row", () => expectEvery({ i32, i64, f32, f64, memory }));
