/**
 * Computes a tensor from an op's `lower`, element by element in doubles: a check of the rules that is
 * independent of every emitter.
 */

import { erf } from "../src/core/erf.ts";
import type { Element, Index } from "../src/graph/lower.ts";
import type { Attrs, TensorType } from "../src/graph/node.ts";
import type { AnyOp, RefArray } from "../src/graph/op.ts";
import { ElementBuilder } from "../src/loops/lowering.ts";

type Env = Map<number, number>;

/** The first n images of the result of `op`, from inputs whose other lanes may hold anything. */
export function interpretLower(
  op: AnyOp,
  types: readonly TensorType[],
  inputs: readonly RefArray[],
  attrs: Attrs,
  out: TensorType,
  capacity: number | undefined,
  n: number,
): Float64Array {
  const e = new ElementBuilder(capacity);
  const accesses = types.map((type, k) => ({
    ...type,
    at: (...index: (Index | Element)[]) => {
      if (index.length !== type.shape.length) throw new Error(`${op.name}: load of wrong rank`);
      return e.load(k, type.dtype, index);
    },
  }));
  const index = out.shape.map((dim, i) => (i === 0 && out.batched ? e.batch : e.variable(dim)));
  const body = op.lower?.(e, accesses, attrs, index, out);
  if (!body) throw new Error(`${op.name} has no lower`);
  if (body.dtype !== out.dtype)
    throw new Error(`${op.name}: lower gives ${body.dtype}, not ${out.dtype}`);
  const shape = out.batched ? [n, ...out.shape.slice(1)] : out.shape;
  const result = new Float64Array(shape.reduce((size, dim) => size * dim, 1));
  const run = new Interpreter(inputs, n);
  const place = shape.map(() => 0);
  for (let i = 0; i < result.length; i++) {
    const env: Env = new Map();
    index.forEach((v, axis) => {
      if (v.kind === "var") env.set(v.id, place[axis]);
    });
    result[i] = run.element(body, env);
    for (let axis = shape.length - 1; axis >= 0 && ++place[axis] === shape[axis]; axis--) {
      place[axis] = 0;
    }
  }
  return result;
}

class Interpreter {
  readonly inputs: readonly RefArray[];
  readonly n: number;

  constructor(inputs: readonly RefArray[], n: number) {
    this.inputs = inputs;
    this.n = n;
  }

  index(i: Index, env: Env): number {
    switch (i.kind) {
      case "const":
        return i.value;
      case "var": {
        const value = env.get(i.id);
        if (value === undefined) throw new Error("a loop variable outside of its loop");
        return value;
      }
      default: {
        const a = this.index(i.a, env);
        const b = this.index(i.b, env);
        if ((i.kind === "div" || i.kind === "mod") && a < 0)
          throw new Error("division of a negative index");
        const value = { add: a + b, mul: a * b, div: Math.floor(a / b), mod: a % b }[i.kind];
        if (value < i.min || value > i.max) throw new Error("an index outside of its bounds");
        return value;
      }
    }
  }

  /** Values of shared parts are kept for one element of the result, as an emitter would. */
  element(root: Element, env: Env): number {
    const known = new Map<Element, number>();
    const of = (e: Element): number => {
      let value = known.get(e);
      if (value === undefined) {
        value = this.compute(e, env, of);
        known.set(e, value);
      }
      return value;
    };
    return of(root);
  }

  compute(e: Element, env: Env, of: (e: Element) => number): number {
    switch (e.kind) {
      case "const":
        return e.value;
      case "index":
        return this.index(e.index, env);
      case "load": {
        const { shape, data } = this.inputs[e.tensor];
        return data[
          e.at.reduce((flat, at, axis) => {
            const gathered = "dtype" in at;
            const place = gathered
              ? Math.min(Math.max(of(at), 0), shape[axis] - 1)
              : this.index(at, env);
            if (!(place >= 0 && place < shape[axis]))
              throw new Error("a load outside of its tensor");
            return flat * shape[axis] + place;
          }, 0)
        ];
      }
      case "unary":
        return unary(e, of(e.a));
      case "binary":
        if (e.a.dtype !== e.b.dtype) throw new Error(`${e.fn} of ${e.a.dtype} and ${e.b.dtype}`);
        return binary(e, of(e.a), of(e.b));
      case "select":
        return of(e.cond) ? of(e.a) : of(e.b);
      case "guard": {
        const holds = e.guards.every(({ index, low, high }) => {
          const value = this.index(index, env);
          return value >= low && value < high;
        });
        return of(holds ? e.inside : e.outside);
      }
      case "reduce":
        return this.reduce(e, env);
    }
  }

  reduce(e: Element & { kind: "reduce" }, env: Env): number {
    const vars = e.vars as (Index & { kind: "var" })[];
    const extents = vars.map((v) => (v.batch ? this.n : v.extent));
    const size = extents.reduce((a, b) => a * b, 1);
    const start = { sum: 0, max: -Infinity, min: Infinity, argmax: -Infinity, argmin: Infinity };
    let best = start[e.fn];
    let place = 0;
    for (let k = 0; k < size; k++) {
      const inner = new Map(env);
      let left = k;
      for (let i = vars.length - 1; i >= 0; i--) {
        inner.set(vars[i].id, left % extents[i]);
        left = Math.floor(left / extents[i]);
      }
      const value = this.element(e.body, inner);
      if (e.fn === "sum") best += value;
      else if (e.fn === "max") best = Math.max(best, value);
      else if (e.fn === "min") best = Math.min(best, value);
      else if (
        !Number.isNaN(best) &&
        (Number.isNaN(value) || (e.fn === "argmax" ? value > best : value < best))
      ) {
        best = value;
        place = k;
      }
    }
    return e.fn === "argmax" || e.fn === "argmin" ? place : best;
  }
}

function unary(e: Element & { kind: "unary" }, a: number): number {
  switch (e.fn) {
    case "neg":
      return -a;
    case "erf":
      return erf(a);
    case "sigmoid":
      return 1 / (1 + Math.exp(-a));
    case "softplus":
      return Math.log1p(Math.exp(a));
    case "round":
      return Math.abs(a % 1) === 0.5 ? 2 * Math.round(a / 2) : Math.round(a);
    case "not":
      return Number(!a);
    case "isFinite":
      return Number(Number.isFinite(a));
    case "toF32":
      return a;
    case "toI32":
      return Math.trunc(a);
    case "toBool":
      return Number(a !== 0);
    default:
      return Math[e.fn](a);
  }
}

function binary(e: Element & { kind: "binary" }, a: number, b: number): number {
  const integer = e.a.dtype === "i32";
  switch (e.fn) {
    case "add":
      return integer ? (a + b) | 0 : a + b;
    case "sub":
      return integer ? (a - b) | 0 : a - b;
    case "mul":
      return integer ? Math.imul(a, b) : a * b;
    case "div":
      return a / b;
    case "pow":
      return a ** b;
    case "min":
    case "max":
      return Math[e.fn](a, b);
    case "lt":
      return Number(a < b);
    case "le":
      return Number(a <= b);
    case "gt":
      return Number(a > b);
    case "ge":
      return Number(a >= b);
    case "eq":
      return Number(a === b);
    case "ne":
      return Number(a !== b);
    case "and":
      return a & b;
    case "or":
      return a | b;
    case "xor":
      return a ^ b;
    case "shl":
      return a << b;
    case "shrU":
      return a >>> b;
  }
}
