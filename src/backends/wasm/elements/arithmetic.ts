/**
 * The arithmetic of elements, on one vector at a time: what each function of the lowering language is on
 * numbers, on integers, and on booleans, which are masks of ones or zeros.
 */

import type { DType } from "../../../core/dtype.ts";
import { ConvkitError } from "../../../core/error.ts";
import type { Element } from "../../../graph/lower.ts";
import { type Code, f32x4, i32, i32x4, v128 } from "../assembler.ts";
import type { MathName } from "../math.ts";
import { type ElementContext, hold } from "./context.ts";

/** Functions that are calls into the math library, whatever their operands hold. */
const MATH: ReadonlySet<string> = new Set<MathName>([
  "exp",
  "log",
  "tanh",
  "erf",
  "sigmoid",
  "softplus",
  "pow",
  "sin",
  "cos",
]);
const isMath = (fn: string): fn is MathName => MATH.has(fn);

export function constant(value: number, dtype: string): Code {
  if (dtype === "f32") return f32x4.const(value);
  if (dtype === "bool") return i32x4.const(value ? -1 : 0);
  return i32x4.const(Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, value)));
}

type UnaryTable = Readonly<Record<string, (x: Code) => Code>>;
type BinaryTable = Readonly<Record<string, (a: Code, b: Code) => Code>>;

const same = (x: Code): Code => x;

const UNARY: Readonly<Partial<Record<DType, UnaryTable>>> = {
  f32: {
    neg: f32x4.neg,
    abs: f32x4.abs,
    sqrt: f32x4.sqrt,
    floor: f32x4.floor,
    ceil: f32x4.ceil,
    round: f32x4.nearest,
    // NaN compares false.
    isFinite: (x) => f32x4.lt(f32x4.abs(x), constant(Number.POSITIVE_INFINITY, "f32")),
    toF32: same,
    toI32: i32x4.trunc_sat_f32x4_s,
    toBool: (x) => f32x4.ne(x, constant(0, "f32")),
  },
  i32: {
    neg: i32x4.neg,
    abs: i32x4.abs,
    not: v128.not,
    toF32: f32x4.convert_i32x4_s,
    toI32: same,
    toBool: (x) => i32x4.ne(x, constant(0, "i32")),
  },
  bool: {
    not: v128.not,
    toF32: (x) => v128.and(x, constant(1, "f32")),
    toI32: (x) => v128.and(x, constant(1, "i32")),
    toBool: same,
  },
};

// biome-ignore format: one line a row
const INTEGER: BinaryTable = {
  add: i32x4.add, sub: i32x4.sub, mul: i32x4.mul, min: i32x4.min_s, max: i32x4.max_s,
  lt: i32x4.lt_s, le: i32x4.le_s, gt: i32x4.gt_s, ge: i32x4.ge_s, eq: i32x4.eq, ne: i32x4.ne,
  and: v128.and, or: v128.or, xor: v128.xor,
};
// biome-ignore format: one line a row
const FLOAT: BinaryTable = {
  add: f32x4.add, sub: f32x4.sub, mul: f32x4.mul, div: f32x4.div, min: f32x4.min, max: f32x4.max,
  lt: f32x4.lt, le: f32x4.le, gt: f32x4.gt, ge: f32x4.ge, eq: f32x4.eq, ne: f32x4.ne,
};
const BINARY: Readonly<Partial<Record<DType, BinaryTable>>> = {
  f32: FLOAT,
  i32: INTEGER,
  bool: INTEGER,
};

export function unary(context: ElementContext, e: Element & { kind: "unary" }): Code[] {
  const { fn } = e;
  const { dtype } = e.a;
  const a = context.value(e.a);
  if (isMath(fn)) return a.map((x) => context.target.math.call(fn, x));
  if (fn === "sign") return a.map((x) => sign(hold(context, [x])[0], dtype));
  const make = UNARY[dtype]?.[fn];
  if (!make) throw new ConvkitError("wasm", `no ${fn} for ${dtype}`);
  return a.map(make);
}

/** (x > 0) − (x < 0). A mask is −1 as an integer, which turns the integers' difference round. */
function sign(x: Code, dtype: DType): Code {
  const zero = constant(0, dtype);
  if (dtype !== "f32") return i32x4.sub(i32x4.lt_s(x, zero), i32x4.gt_s(x, zero));
  const one = constant(1, dtype);
  return f32x4.sub(v128.and(f32x4.gt(x, zero), one), v128.and(f32x4.lt(x, zero), one));
}

export function binary(context: ElementContext, e: Element & { kind: "binary" }): Code[] {
  const { fn } = e;
  const { dtype } = e.a;
  const a = context.value(e.a);
  if (fn === "shl" || fn === "shrU") {
    const count = i32.const((e.b as Element & { kind: "const" }).value);
    return a.map((x) => (fn === "shl" ? i32x4.shl(x, count) : i32x4.shr_u(x, count)));
  }
  const b = context.value(e.b);
  if (isMath(fn)) return a.map((x, j) => context.target.math.call(fn, x, b[j]));
  // One instruction where the NaN rule of max and min cannot matter: the other side is a number.
  const plain = dtype === "f32" && e.b.kind === "const";
  const make =
    plain && fn === "max" ? f32x4.pmax : plain && fn === "min" ? f32x4.pmin : BINARY[dtype]?.[fn];
  if (!make) throw new ConvkitError("wasm", `no ${fn} for ${dtype}`);
  return a.map((x, j) => make(x, b[j]));
}
