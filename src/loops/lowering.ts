/**
 * Builds element expressions: the `Lowering` that op rules speak to. Equal expressions are one object, so an
 * emitter computes each once; small reductions are unrolled, after which their windows are plain offsets.
 */
import type { DType } from "../core/dtype.ts";
import type {
  BinaryFn,
  Element,
  Guard,
  Index,
  Lowering,
  ReduceFn,
  UnaryFn,
} from "../graph/lower.ts";
import {
  addIndex,
  constIndex,
  divIndex,
  indexKey,
  modIndex,
  mulIndex,
  simplifyGuards,
  substituteIndex,
} from "./index-expr.ts";

/** Windows of at most this many elements are written out (a 3×3 pool is, a row of 28 is not). */
const UNROLL = 9;

const COMPARISONS = new Set<BinaryFn>(["lt", "le", "gt", "ge", "eq", "ne"]);
const NEUTRAL: Readonly<Record<ReduceFn, number>> = {
  sum: 0,
  max: Number.NEGATIVE_INFINITY,
  min: Number.POSITIVE_INFINITY,
  argmax: 0,
  argmin: 0,
};

export class ElementBuilder implements Lowering {
  readonly #known = new Map<string, Element>();
  readonly #ids = new Map<Element, number>();
  readonly #batch: Index | undefined;
  #vars = 0;

  /** `batchExtent` is the capacity, for reductions over the batch. */
  constructor(batchExtent?: number) {
    this.#batch = batchExtent === undefined ? undefined : this.variable(batchExtent, true);
  }

  /** A reduction over given loops. */
  reduceOver(fn: ReduceFn, loops: readonly Index[], value: Element): Element {
    const dtype = fn === "argmax" || fn === "argmin" ? "i32" : value.dtype;
    const key = `r${fn}${loops.map(indexKey)}:${this.id(value)}`;
    return this.#intern(key, () => ({ kind: "reduce", dtype, fn, vars: loops, body: value }));
  }

  /** The one variable of the batch axis, shared by maps and reductions. */
  get batch(): Index {
    return this.#batch as Index;
  }

  variable(extent: number, batch = false): Index {
    return { kind: "var", id: this.#vars++, extent, batch };
  }

  id(e: Element): number {
    return this.#ids.get(e) as number;
  }

  #intern(key: string, make: () => Element): Element {
    let element = this.#known.get(key);
    if (!element) {
      element = make();
      this.#known.set(key, element);
      this.#ids.set(element, this.#ids.size);
    }
    return element;
  }

  i(value: number): Index {
    return constIndex(value);
  }
  iadd(a: Index, b: Index | number): Index {
    return addIndex(a, b);
  }
  imul(a: Index, b: number): Index {
    return mulIndex(a, b);
  }
  idiv(a: Index, b: number): Index {
    return divIndex(a, b);
  }
  imod(a: Index, b: number): Index {
    return modIndex(a, b);
  }

  constant(value: number, dtype: DType = "f32"): Element {
    const key = Object.is(value, -0) ? "-0" : String(value);
    return this.#intern(`c${dtype}${key}`, () => ({ kind: "const", dtype, value }));
  }

  load(tensor: number, dtype: DType, at: readonly (Index | Element)[]): Element {
    const places = at.map((i) => ("dtype" in i ? `e${this.id(i)}` : indexKey(i)));
    return this.#intern(`l${tensor}[${places}]`, () => ({ kind: "load", dtype, tensor, at }));
  }

  fromIndex(index: Index, dtype: "f32" | "i32" = "f32"): Element {
    if (index.kind === "const") return this.constant(index.value, dtype);
    return this.#intern(`i${dtype}${indexKey(index)}`, () => ({ kind: "index", dtype, index }));
  }

  unary(fn: UnaryFn, a: Element): Element {
    const target: Partial<Record<UnaryFn, DType>> = {
      toF32: "f32",
      toI32: "i32",
      toBool: "bool",
      not: a.dtype,
      isFinite: "bool",
    };
    const dtype = target[fn] ?? a.dtype;
    return this.#intern(`u${fn}${this.id(a)}`, () => ({ kind: "unary", dtype, fn, a }));
  }

  binary(fn: BinaryFn, a: Element, b: Element): Element {
    if (b.kind === "const") {
      if ((fn === "mul" || fn === "div") && b.value === 1) return a;
      if (fn === "sub" && b.value === 0 && !Object.is(b.value, -0)) return a;
    }
    if (a.kind === "const" && fn === "mul" && a.value === 1) return b;
    const dtype = COMPARISONS.has(fn) ? "bool" : a.dtype;
    return this.#intern(`b${fn}${this.id(a)},${this.id(b)}`, () => ({
      kind: "binary",
      dtype,
      fn,
      a,
      b,
    }));
  }

  select(cond: Element, a: Element, b: Element): Element {
    if (a === b) return a;
    const key = `s${this.id(cond)},${this.id(a)},${this.id(b)}`;
    return this.#intern(key, () => ({ kind: "select", dtype: a.dtype, cond, a, b }));
  }

  guard(guards: readonly Guard[], inside: () => Element, outside: Element): Element {
    const kept = simplifyGuards(guards);
    if (!kept) return outside;
    const body = inside();
    if (kept.length === 0 || body === outside) return body;
    const text = kept.map((g) => `${indexKey(g.index)}:${g.low}:${g.high}`);
    return this.#intern(`g${text}?${this.id(body)}:${this.id(outside)}`, () => ({
      kind: "guard",
      dtype: body.dtype,
      guards: kept,
      inside: body,
      outside,
    }));
  }

  reduce(
    fn: ReduceFn,
    extents: readonly (number | "batch")[],
    body: (at: Index[]) => Element,
  ): Element {
    const count = extents.reduce<number>((n, e) => (e === "batch" ? Number.NaN : n * e), 1);
    if (count <= UNROLL) return this.#unrolled(fn, extents as number[], body);
    const vars = extents.map((e) => (e === "batch" ? this.batch : this.variable(e)));
    // A size of 1 is no loop.
    const at = vars.map((v) =>
      v.kind === "var" && !v.batch && v.extent === 1 ? constIndex(0) : v,
    );
    const value = body(at);
    return this.reduceOver(
      fn,
      at.filter((v) => v.kind === "var"),
      value,
    );
  }

  #unrolled(fn: ReduceFn, extents: readonly number[], body: (at: Index[]) => Element): Element {
    const values: Element[] = [];
    const walk = (at: Index[]): void => {
      if (at.length === extents.length) values.push(body(at));
      else for (let i = 0; i < extents[at.length]; i++) walk([...at, constIndex(i)]);
    };
    walk([]);
    if (values.length === 0) return this.constant(NEUTRAL[fn]);
    if (fn === "sum" || fn === "max" || fn === "min") {
      return values.reduce((sum, value) => this.binary(fn === "sum" ? "add" : fn, sum, value));
    }
    // The first of equals wins: a later one must be strictly better; NaN wins over numbers.
    let best = values[0];
    let place = this.constant(0, "i32");
    values.slice(1).forEach((value, i) => {
      const better = this.binary(fn === "argmax" ? "gt" : "lt", value, best);
      const unordered = this.binary(
        "and",
        this.binary("ne", value, value),
        this.binary("eq", best, best),
      );
      const take = this.binary("or", better, unordered);
      place = this.select(take, this.constant(i + 1, "i32"), place);
      best = this.select(take, value, best);
    });
    return place;
  }
}

/** Calls `visit` once for each distinct expression below `root`, parts first. */
export function walkElements(roots: readonly Element[], visit: (e: Element) => void): void {
  const seen = new Set<Element>();
  const walk = (e: Element): void => {
    if (seen.has(e)) return;
    seen.add(e);
    for (const part of partsOf(e)) walk(part);
    visit(e);
  };
  for (const root of roots) walk(root);
}

export function partsOf(e: Element): readonly Element[] {
  switch (e.kind) {
    case "load":
      return e.at.filter((i): i is Element => "dtype" in i);
    case "unary":
      return [e.a];
    case "binary":
      return [e.a, e.b];
    case "select":
      return [e.cond, e.a, e.b];
    case "guard":
      return [e.inside, e.outside];
    case "reduce":
      return [e.body];
    default:
      return [];
  }
}

/** An expression rebuilt in another builder, its variables replaced; `replace` may stand in for parts. */
export function copyElement(
  root: Element,
  into: ElementBuilder,
  indexes: ReadonlyMap<number, Index>,
  replace?: (e: Element) => Element | undefined,
): Element {
  const done = new Map<Element, Element>();
  const index = (i: Index): Index => substituteIndex(i, indexes);
  const copy = (e: Element): Element => {
    let element = done.get(e) ?? replace?.(e);
    if (!element) {
      element = rebuilt(e);
      done.set(e, element);
    }
    return element;
  };
  const rebuilt = (e: Element): Element => {
    switch (e.kind) {
      case "const":
        return into.constant(e.value, e.dtype);
      case "load":
        return into.load(
          e.tensor,
          e.dtype,
          e.at.map((i) => ("dtype" in i ? copy(i) : index(i))),
        );
      case "index":
        return into.fromIndex(index(e.index), e.dtype as "f32" | "i32");
      case "unary":
        return into.unary(e.fn, copy(e.a));
      case "binary":
        return into.binary(e.fn, copy(e.a), copy(e.b));
      case "select":
        return into.select(copy(e.cond), copy(e.a), copy(e.b));
      case "guard": {
        const guards = e.guards.map((g) => ({ ...g, index: index(g.index) }));
        return into.guard(guards, () => copy(e.inside), copy(e.outside));
      }
      case "reduce":
        return into.reduceOver(e.fn, e.vars.map(index), copy(e.body));
    }
  };
  return copy(root);
}
