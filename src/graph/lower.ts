/**
 * The small language in which an op states one element of its result ("pull" form): which elements of the
 * inputs it reads and what it does with them. Both emitters read it; fusion is substitution: where a
 * consumer asks for an element of an intermediate tensor, the producer's own expression stands in.
 *
 * An Index is a scalar integer expression over loop variables, the same for all SIMD lanes, except that the
 * index of the batch axis may be spread over the lanes. An Element is a value per lane.
 */
import type { DType } from "../core/dtype.ts";
import type { Attrs, TensorType } from "./node.ts";

export type Index =
  | { readonly kind: "const"; readonly value: number }
  /** A loop variable counting 0 … extent − 1; `batch` marks the batch axis. */
  | { readonly kind: "var"; readonly id: number; readonly extent: number; readonly batch: boolean }
  | {
      readonly kind: "add" | "mul" | "div" | "mod";
      readonly a: Index;
      readonly b: Index;
      /** Inclusive bounds, for simplification and for dropping guards. */
      readonly min: number;
      readonly max: number;
    };

export type UnaryFn =
  | "neg"
  | "abs"
  | "sqrt"
  | "exp"
  | "log"
  | "tanh"
  | "erf"
  | "sigmoid"
  | "softplus"
  | "floor"
  | "ceil"
  | "round"
  | "sign"
  | "sin"
  | "cos"
  | "not"
  | "isFinite"
  | "toF32"
  | "toI32"
  | "toBool";

export type BinaryFn =
  | "add"
  | "sub"
  | "mul"
  | "div"
  | "pow"
  | "min"
  | "max"
  | "lt"
  | "le"
  | "gt"
  | "ge"
  | "eq"
  | "ne"
  | "and"
  | "or"
  | "xor"
  | "shl"
  | "shrU";

export type ReduceFn = "sum" | "max" | "min" | "argmax" | "argmin";

export interface Guard {
  /** The guard holds when low ≤ index < high. */
  readonly index: Index;
  readonly low: number;
  readonly high: number;
}

export type Element = { readonly dtype: DType } & (
  | { readonly kind: "const"; readonly value: number }
  /** An element of input `tensor` of the kernel; entries of `at` are scalar, or per lane for a gather. */
  | { readonly kind: "load"; readonly tensor: number; readonly at: readonly (Index | Element)[] }
  | { readonly kind: "index"; readonly index: Index }
  | { readonly kind: "unary"; readonly fn: UnaryFn; readonly a: Element }
  | { readonly kind: "binary"; readonly fn: BinaryFn; readonly a: Element; readonly b: Element }
  | { readonly kind: "select"; readonly cond: Element; readonly a: Element; readonly b: Element }
  /** `inside` where all guards hold, else `outside`; `inside` is not evaluated then. */
  | {
      readonly kind: "guard";
      readonly guards: readonly Guard[];
      readonly inside: Element;
      readonly outside: Element;
    }
  | {
      readonly kind: "reduce";
      readonly fn: ReduceFn;
      readonly vars: readonly Index[];
      readonly body: Element;
    }
);

/** Reads an element of an input. A gather's index is an i32 Element; it is clamped to the axis. */
export type Access = TensorType & { at(...index: (Index | Element)[]): Element };

/** What a rule may say; `loops/lowering.ts` implements it, with simplification. */
export interface Lowering {
  i(value: number): Index;
  iadd(a: Index, b: Index | number): Index;
  imul(a: Index, b: number): Index;
  /** Floor division and remainder of a non-negative index by a positive constant. */
  idiv(a: Index, b: number): Index;
  imod(a: Index, b: number): Index;

  constant(value: number, dtype?: DType): Element;
  /** An index as a number, f32 or i32. */
  fromIndex(index: Index, dtype?: "f32" | "i32"): Element;
  unary(fn: UnaryFn, a: Element): Element;
  binary(fn: BinaryFn, a: Element, b: Element): Element;
  select(cond: Element, a: Element, b: Element): Element;
  guard(guards: readonly Guard[], inside: () => Element, outside: Element): Element;
  /**
   * Reduce over loops of the given extents, the last fastest. An extent of "batch" runs over the images that
   * exist. "argmax" and "argmin" give the i32 row-major position within the extents; the first of equals wins.
   */
  reduce(
    fn: ReduceFn,
    extents: readonly (number | "batch")[],
    body: (at: Index[]) => Element,
  ): Element;
}

/** out[index] = lower(e, inputs, attrs, index, out). */
export type Lower<A extends Attrs = Attrs> = (
  e: Lowering,
  inputs: readonly Access[],
  attrs: A,
  index: readonly Index[],
  out: TensorType,
) => Element;
