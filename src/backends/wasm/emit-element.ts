/**
 * Element expressions as vector code. A value is a list of v128 expressions, one per vector of the present
 * width; statements that must run before it (loads used twice, reductions, guarded parts) are appended to
 * the current list. What the vector's lanes are is the width's business: images, or elements of one axis.
 */
import { ConvkitError } from "../../core/error.ts";
import type { Element, Guard, Index, ReduceFn } from "../../graph/lower.ts";
import { affineOf, boundsOf, indexKey } from "../../loops/index-expr.ts";
import { partsOf, walkElements } from "../../loops/lowering.ts";
import {
  br_if,
  type Code,
  f32x4,
  type Fn,
  i8x16,
  i32,
  i32x4,
  if_,
  type Local,
  loop as loop_,
  select,
  v128,
} from "./assembler.ts";
import type { MathName } from "./math.ts";
import type { Target } from "./target.ts";

export interface Width {
  readonly vectors: number;
  /** The variable that runs along the lanes: the batch, a loop, or none (one lane counts). */
  readonly axis: Index | undefined;
}

/** Pointer that moves with the loops, serving all loads of a tensor whose index has the same coefficients. */
export interface Stream {
  readonly tensor: number;
  readonly terms: ReadonlyMap<number, number>;
  readonly pointer: Local;
}

export interface Loop {
  readonly id: number;
  readonly extent: number;
  readonly counter: Local;
  /** Extent known at run time only. */
  readonly runtime?: Code;
  /** A chunk of the loop: from here … */
  readonly start?: Code;
  /** Runs along the lanes: whole widths first, then narrower ones, then single elements. */
  readonly widths?: readonly Width[];
}

const varId = (v: Index | undefined): number => (v?.kind === "var" ? v.id : -1);

const MATH = new Set<string>([
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

type Family = Readonly<Record<string, (a: Code, b: Code) => Code>>;
// biome-ignore format: one line a row
const INTEGER: Family = {
  add: i32x4.add, sub: i32x4.sub, mul: i32x4.mul, min: i32x4.min_s, max: i32x4.max_s,
  lt: i32x4.lt_s, le: i32x4.le_s, gt: i32x4.gt_s, ge: i32x4.ge_s, eq: i32x4.eq, ne: i32x4.ne,
};
// biome-ignore format: one line a row
const FLOAT: Family = {
  add: f32x4.add, sub: f32x4.sub, mul: f32x4.mul, div: f32x4.div, min: f32x4.min, max: f32x4.max,
  lt: f32x4.lt, le: f32x4.le, gt: f32x4.gt, ge: f32x4.ge, eq: f32x4.eq, ne: f32x4.ne,
};

export class ElementEmitter {
  readonly target: Target;
  readonly fn: Fn;
  /** Image block of this chunk; undefined outside lanes. */
  readonly block: Local | undefined;
  readonly images: Local;
  width: Width;
  /** Reductions of single elements may run along the lanes. */
  vectorReduce = false;
  statements: Code[] = [];
  readonly counters = new Map<number, Local>();
  /** Extents that only run time knows, by variable. */
  readonly runtimeExtents = new Map<number, Code>();
  /** Variables whose loop was merged into the next inner one. */
  readonly merged = new Set<number>();
  /** Streams of the loops around, innermost last. */
  #scopes: Map<string, Stream>[] = [];
  #memo = new Map<Element, Code[]>();
  #uses = new Map<Element, number>();

  constructor(
    target: Target,
    fn: Fn,
    options: {
      block?: Local;
      images: Local;
      width: Width;
    },
  ) {
    this.target = target;
    this.fn = fn;
    this.block = options.block;
    this.images = options.images;
    this.width = options.width;
  }

  /** Counts how often each part is used, so that shared ones get locals. */
  prepare(roots: readonly Element[]): void {
    this.#uses = new Map();
    walkElements(roots, (e) => {
      for (const part of partsOf(e)) this.#uses.set(part, (this.#uses.get(part) ?? 0) + 1);
    });
    for (const root of roots) this.#uses.set(root, (this.#uses.get(root) ?? 0) + 1);
  }

  /** Runs `body` with a statement list of its own and gives that list. */
  collect(body: () => void): Code[] {
    const outer = this.statements;
    this.statements = [];
    body();
    const inner = this.statements;
    this.statements = outer;
    return inner;
  }

  /** Values computed inside are forgotten after; those from before stay known. */
  scoped<T>(body: () => T): T {
    const outer = this.#memo;
    this.#memo = new Map(outer);
    const result = body();
    this.#memo = outer;
    return result;
  }

  forget(): void {
    this.#memo = new Map();
  }

  remember(e: Element, value: Code[]): void {
    this.#memo.set(e, value);
  }

  knows(e: Element): boolean {
    return this.#memo.has(e);
  }

  value(e: Element): Code[] {
    const known = this.#memo.get(e);
    if (known) return known;
    const code = this.#compute(e);
    const shared = (this.#uses.get(e) ?? 1) > 1 && e.kind !== "const";
    if (!shared && e.kind !== "reduce") return code;
    return this.keep(e, code);
  }

  /** Puts a value into locals. */
  keep(e: Element, code: Code[]): Code[] {
    const locals = code.map(() => this.fn.local("v128"));
    code.forEach((c, j) => {
      this.statements.push(locals[j].set(c));
    });
    const value = locals.map((local) => local.get());
    this.#memo.set(e, value);
    return value;
  }

  #compute(e: Element): Code[] {
    switch (e.kind) {
      case "const":
        return this.#each(() => constant(e.value, e.dtype));
      case "load":
        return this.#load(e);
      case "index":
        return this.#iota(e.index, e.dtype);
      case "unary":
        return this.#unary(e);
      case "binary":
        return this.#binary(e);
      case "select": {
        const [cond, a, b] = [this.value(e.cond), this.value(e.a), this.value(e.b)];
        return this.#each((j) => v128.bitselect(a[j], b[j], cond[j]));
      }
      case "guard":
        return this.#guard(e);
      case "reduce":
        return this.reduceTogether([e])[0];
    }
  }

  #each(make: (j: number) => Code): Code[] {
    return Array.from({ length: this.width.vectors }, (_, j) => make(j));
  }

  #unary(e: Element & { kind: "unary" }): Code[] {
    const from = e.a.dtype;
    const a = this.value(e.a);
    const integer = from === "i32" || from === "bool";
    return a.map((x) => {
      switch (e.fn) {
        case "neg":
          return integer ? i32x4.neg(x) : f32x4.neg(x);
        case "abs":
          return integer ? i32x4.abs(x) : f32x4.abs(x);
        case "sqrt":
          return f32x4.sqrt(x);
        case "floor":
          return f32x4.floor(x);
        case "ceil":
          return f32x4.ceil(x);
        case "round":
          return f32x4.nearest(x);
        case "not":
          return v128.not(x);
        case "sign": {
          const [v] = this.#hold([x]);
          const one = constant(1, "f32");
          const plus = v128.and(f32x4.gt(v, constant(0, "f32")), one);
          const minus = v128.and(f32x4.lt(v, constant(0, "f32")), one);
          return f32x4.sub(plus, minus);
        }
        case "isFinite":
          return f32x4.lt(f32x4.abs(x), constant(Number.POSITIVE_INFINITY, "f32"));
        case "toF32":
          if (from === "bool") return v128.and(x, constant(1, "f32"));
          return from === "i32" ? f32x4.convert_i32x4_s(x) : x;
        case "toI32":
          if (from === "bool") return v128.and(x, constant(1, "i32"));
          return from === "f32" ? i32x4.trunc_sat_f32x4_s(x) : x;
        case "toBool":
          if (from === "bool") return x;
          return from === "i32" ? i32x4.ne(x, constant(0, "i32")) : f32x4.ne(x, constant(0, "f32"));
        default:
          return this.target.math.call(e.fn as MathName, x);
      }
    });
  }

  #binary(e: Element & { kind: "binary" }): Code[] {
    const a = this.value(e.a);
    const integer = e.a.dtype !== "f32";
    if (e.fn === "shl" || e.fn === "shrU") {
      const count = i32.const((e.b as { value: number }).value);
      return a.map((x) => (e.fn === "shl" ? i32x4.shl(x, count) : i32x4.shr_u(x, count)));
    }
    const b = this.value(e.b);
    return a.map((x, j) => {
      const y = b[j];
      switch (e.fn) {
        case "and":
          return v128.and(x, y);
        case "or":
          return v128.or(x, y);
        case "xor":
          return v128.xor(x, y);
      }
      if (MATH.has(e.fn)) return this.target.math.call(e.fn as MathName, x, y);
      // One instruction where the NaN rule of max and min cannot matter: the other side is a number.
      if (!integer && e.b.kind === "const" && (e.fn === "max" || e.fn === "min")) {
        return e.fn === "max" ? f32x4.pmax(x, y) : f32x4.pmin(x, y);
      }
      const family = integer ? INTEGER : FLOAT;
      const make = family[e.fn];
      if (!make) throw new ConvkitError("wasm", `no ${e.fn} for ${e.a.dtype}`);
      return make(x, y);
    });
  }

  /** Code with effects or weight, evaluated once. */
  #hold(code: Code[]): Code[] {
    return code.map((c) => {
      const local = this.fn.local("v128");
      this.statements.push(local.set(c));
      return local.get();
    });
  }

  #guard(e: Element & { kind: "guard" }): Code[] {
    const locals = this.#each(() => 0).map(() => this.fn.local("v128"));
    const outside = this.value(e.outside);
    const branch = (part: Element): Code[] =>
      this.collect(() =>
        this.scoped(() => {
          this.value(part).forEach((c, j) => {
            this.statements.push(locals[j].set(c));
          });
        }),
      );
    outside.forEach((c, j) => {
      this.statements.push(locals[j].set(c));
    });
    this.statements.push(if_(this.condition(e.guards), branch(e.inside)));
    const value = locals.map((local) => local.get());
    this.#memo.set(e, value);
    return value;
  }

  condition(guards: readonly Guard[]): Code {
    return guards
      .map(({ index, low, high }) => {
        const { min, max } = boundsOf(index);
        const code = this.index(index);
        if (min >= low) return i32.lt_s(code, i32.const(high));
        if (max < high) return i32.ge_s(code, i32.const(low));
        return i32.lt_u(i32.sub(code, i32.const(low)), i32.const(high - low));
      })
      .reduce((a, b) => i32.and(a, b));
  }

  /** A scalar index as an i32. */
  index(i: Index): Code {
    switch (i.kind) {
      case "const":
        return i32.const(i.value);
      case "var": {
        const counter = this.counters.get(i.id);
        if (!counter) throw new ConvkitError("wasm", `no loop for ${indexKey(i)}`);
        return counter.get();
      }
      case "add":
        return i32.add(this.index(i.a), this.index(i.b));
      case "mul":
        return i32.mul(this.index(i.a), this.index(i.b));
      case "div":
        return i32.div_s(this.index(i.a), this.index(i.b));
      case "mod":
        return i32.rem_s(this.index(i.a), this.index(i.b));
    }
  }

  /** An index as a number in every lane; along the lane axis it counts up. */
  #iota(i: Index, dtype: string): Code[] {
    const along = varId(this.width.axis);
    const affine = affineOf(i);
    const step = affine?.terms.get(along) ?? 0;
    if (this.width.axis && !affine && usesVar(i, along))
      throw new ConvkitError("wasm", "an index along lanes is not linear");
    const lanes = this.width.axis ? step : 0;
    const scalar =
      this.width.axis?.kind === "var" && this.width.axis.batch && this.block
        ? this.#atBlockStart(i, step)
        : this.index(i);
    const base = this.fn.local("i32");
    this.statements.push(base.set(scalar));
    return this.#each((j) => {
      const ramp = [0, 1, 2, 3].map((lane) => (j * 4 + lane) * lanes) as [
        number,
        number,
        number,
        number,
      ];
      const value = i32x4.add(i32x4.splat(base.get()), i32x4.const(...ramp));
      return dtype === "f32" ? f32x4.convert_i32x4_s(value) : value;
    });
  }

  /** The index of the first image of the block: step·16·block + the rest. */
  #atBlockStart(i: Index, step: number): Code {
    const id = varId(this.width.axis);
    const saved = this.counters.get(id);
    const zero = this.fn.local("i32");
    this.statements.push(zero.set(i32.const(0)));
    this.counters.set(id, zero);
    const rest = this.index(i);
    if (saved) this.counters.set(id, saved);
    else this.counters.delete(id);
    const block = (this.block as Local).get();
    return i32.add(rest, i32.mul(block, i32.const(step * 16)));
  }

  // ————— loads —————

  /** Terms of the linear element index, lanes left out; undefined when it is not affine. */
  linear(
    e: Element & { kind: "load" },
  ): { constant: number; terms: Map<number, number> } | undefined {
    const { layout, type } = this.target.place(e.tensor);
    let constant = 0;
    const terms = new Map<number, number>();
    for (let axis = 0; axis < e.at.length; axis++) {
      const at = e.at[axis];
      if ("dtype" in at) return undefined;
      if (layout.lanes && axis === 0) {
        if (at.kind === "var" && at.batch) continue;
        return undefined;
      }
      if (type.shape[axis] === 1) continue;
      const affine = affineOf(at);
      if (!affine) return undefined;
      constant += affine.constant * layout.strides[axis];
      for (const [id, factor] of affine.terms) {
        if (this.merged.has(id)) continue;
        const sum = (terms.get(id) ?? 0) + factor * layout.strides[axis];
        if (sum === 0) terms.delete(id);
        else terms.set(id, sum);
      }
    }
    return { constant, terms };
  }

  #load(e: Element & { kind: "load" }): Code[] {
    const { layout } = this.target.place(e.tensor);
    const linear = this.linear(e);
    const along = varId(this.width.axis);
    const inLanes =
      this.width.axis?.kind === "var" && this.width.axis.batch && this.block !== undefined;
    if (linear) {
      const step = inLanes
        ? layout.lanes
          ? 1
          : (linear.terms.get(along) ?? 0)
        : (linear.terms.get(along) ?? 0);
      if (step === 0 || (step === 1 && this.width.axis)) {
        const stream = this.#stream(e.tensor, linear.terms);
        let pointer = stream ? stream.pointer.get() : this.#address(e.tensor, linear.terms);
        let offset = linear.constant * 4;
        // Where terms are negative the pointer alone may lie below 0, and addresses are unsigned.
        if (offset < 0 || [...linear.terms.values()].some((factor) => factor < 0)) {
          pointer = this.target.pointer.add(pointer, this.target.pointer.const(offset));
          offset = 0;
        }
        if (step === 0) {
          const one = this.#hold([v128.load32_splat(pointer, offset)])[0];
          return this.#each(() => one);
        }
        return this.#each((j) => v128.load(pointer, offset + j * 16));
      }
    }
    return this.#gather(e);
  }

  /** Base address of the tensor plus its terms, from the counters. */
  #address(tensor: number, terms: ReadonlyMap<number, number>): Code {
    const { pointer } = this.target;
    const { layout } = this.target.place(tensor);
    let code: Code = this.target.address(tensor);
    if (layout.lanes && this.block) {
      const stride = pointer.const(layout.strides[0] * 4);
      code = pointer.add(code, pointer.mul(pointer.from32(this.block.get()), stride));
    }
    for (const [id, factor] of terms) {
      const counter = this.counters.get(id);
      if (!counter) throw new ConvkitError("wasm", `no loop for variable ${id}`);
      code = pointer.add(
        code,
        pointer.mul(pointer.from32(counter.get()), pointer.const(factor * 4)),
      );
    }
    return code;
  }

  /** One load per lane, at indices that differ by lane or that only run time knows. */
  #gather(e: Element & { kind: "load" }): Code[] {
    const { pointer } = this.target;
    const { layout, type } = this.target.place(e.tensor);
    const along = varId(this.width.axis);
    const inLanes =
      this.width.axis?.kind === "var" && this.width.axis.batch && this.block !== undefined;
    const scalar = this.width.axis === undefined;
    const lanes = scalar ? 1 : this.width.vectors * 4;
    const linear = this.linear(e);
    if (linear) return this.#strided(e.tensor, linear, along, inLanes);
    const dynamic = e.at.map((at) => ("dtype" in at ? this.#hold(this.value(at)) : undefined));
    const base = this.fn.local(pointer.type);
    let start: Code = this.target.address(e.tensor);
    if (layout.lanes && this.block) {
      const stride = pointer.const(layout.strides[0] * 4);
      start = pointer.add(start, pointer.mul(pointer.from32(this.block.get()), stride));
    }
    this.statements.push(base.set(start));
    const result = this.#each(() => 0).map(() => this.fn.local("v128"));
    for (let lane = 0; lane < lanes; lane++) {
      let offset: Code = i32.const(layout.lanes ? lane : 0);
      e.at.forEach((at, axis) => {
        if (layout.lanes && axis === 0) return;
        let place: Code;
        const vectors = dynamic[axis];
        if (vectors) {
          place = clamp(i32x4.extract_lane(vectors[lane >> 2], lane & 3), type.shape[axis], this.fn);
        } else {
          place = this.#laneIndex(at as Index, along, lane, inLanes);
          if (inLanes) place = clamp(place, type.shape[axis], this.fn);
        }
        offset = i32.add(offset, i32.mul(place, i32.const(layout.strides[axis])));
      });
      const from = pointer.add(base.get(), pointer.mul(pointer.from32(offset), pointer.const(4)));
      const into = result[lane >> 2];
      this.statements.push(
        into.set(
          scalar || lane % 4 === 0
            ? v128.load32_splat(from, 0)
            : v128.load32_lane(from, into.get(), lane & 3, 0),
        ),
      );
    }
    return result.map((local) => local.get());
  }

  /** One load per lane, a constant step apart. */
  #strided(
    tensor: number,
    linear: { constant: number; terms: Map<number, number> },
    along: number,
    inLanes: boolean,
  ): Code[] {
    const { pointer } = this.target;
    const step = linear.terms.get(along) ?? 0;
    const rest = new Map(linear.terms);
    if (inLanes) rest.delete(along);
    const stream = this.#stream(tensor, rest);
    const base = this.fn.local(pointer.type);
    const start = stream ? stream.pointer.get() : this.#address(tensor, rest);
    this.statements.push(base.set(pointer.add(start, pointer.const(linear.constant * 4))));
    const last = (this.width.axis as { extent: number }).extent - 1;
    const result = this.#each(() => 0).map(() => this.fn.local("v128"));
    for (let lane = 0; lane < this.width.vectors * 4; lane++) {
      let from: Code = base.get();
      if (inLanes) {
        const image = i32.add(i32.mul((this.block as Local).get(), i32.const(16)), i32.const(lane));
        const offset = i32.mul(clamp(image, last + 1, this.fn), i32.const(step * 4));
        from = pointer.add(from, pointer.from32(offset));
      } else from = pointer.add(from, pointer.const(lane * step * 4));
      const into = result[lane >> 2];
      const first = lane % 4 === 0;
      this.statements.push(
        into.set(first ? v128.load32_splat(from) : v128.load32_lane(from, into.get(), lane & 3)),
      );
    }
    return result.map((local) => local.get());
  }

  /** A scalar index for one lane. */
  #laneIndex(i: Index, along: number, lane: number, inLanes: boolean): Code {
    if (!usesVar(i, along)) return this.index(i);
    const local = this.fn.local("i32");
    const counter = this.counters.get(along);
    const start = inLanes
      ? i32.mul((this.block as Local).get(), i32.const(16))
      : (counter as Local).get();
    this.statements.push(local.set(i32.add(start, i32.const(lane))));
    this.counters.set(along, local);
    const code = this.index(i);
    if (counter) this.counters.set(along, counter);
    else this.counters.delete(along);
    return code;
  }

  // ————— streams and loops —————

  #stream(tensor: number, terms: ReadonlyMap<number, number>): Stream | undefined {
    const key = streamKey(tensor, terms);
    for (let s = this.#scopes.length - 1; s >= 0; s--) {
      const stream = this.#scopes[s].get(key);
      if (stream) return stream;
    }
    return undefined;
  }

  /**
   * Emits `loops` (outermost first) around `body`. Loads below `roots` that move with them get a pointer that
   * is advanced instead of recomputed.
   */
  nest(
    loops: readonly Loop[],
    roots: readonly Element[],
    extra: readonly Stream[],
    body: () => void,
  ): void {
    const { pointer } = this.target;
    const ids = new Set(loops.map((loop) => loop.id));
    const scope = new Map<string, Stream>();
    walkElements(roots, (e) => {
      if (e.kind !== "load") return;
      const linear = this.linear(e);
      if (!linear || ![...linear.terms.keys()].some((id) => ids.has(id))) return;
      const key = streamKey(e.tensor, linear.terms);
      if (scope.has(key)) return;
      // Loops inside this nest have not begun: their terms join when their own nest opens.
      const outer = new Map(
        [...linear.terms].filter(([id]) => this.counters.has(id) || ids.has(id)),
      );
      const local = this.fn.local(pointer.type);
      const stream: Stream = { tensor: e.tensor, terms: outer, pointer: local };
      scope.set(key, stream);
      const parent = this.#stream(e.tensor, linear.terms);
      const start = parent
        ? parent.pointer.get()
        : this.#address(e.tensor, new Map([...outer].filter(([id]) => !ids.has(id))));
      this.statements.push(local.set(this.#started(start, outer, loops)));
    });
    for (const stream of extra) {
      const { pointer: local, terms } = stream;
      this.statements.push(local.set(this.#started(local.get(), terms, loops)));
    }
    for (const loop of loops) this.counters.set(loop.id, loop.counter);
    const streams = [...scope.values(), ...extra];
    this.#scopes.push(scope);
    const advance = (steps: (stream: Stream) => number): void => {
      for (const stream of streams) {
        const step = steps(stream) * 4;
        if (step === 0) continue;
        const moved = pointer.add(stream.pointer.get(), pointer.const(step));
        this.statements.push(stream.pointer.set(moved));
      }
    };
    const emit = (depth: number): void => {
      if (depth === loops.length) {
        body();
        return;
      }
      const loop = loops[depth];
      const { counter } = loop;
      const extent = loop.runtime ?? i32.const(loop.extent);
      this.statements.push(counter.set(loop.start ?? i32.const(0)));
      const outer = this.width;
      for (const width of loop.widths ?? [outer]) {
        this.width = width;
        const stride = loop.widths ? (width.axis ? width.vectors * 4 : 1) : 1;
        const inner = this.collect(() => {
          if (loop.widths) this.scoped(() => emit(depth + 1));
          else emit(depth + 1);
          const next = loops[depth + 1];
          advance((stream) => {
            const own = (stream.terms.get(loop.id) ?? 0) * stride;
            return own - (next && !next.runtime ? (stream.terms.get(next.id) ?? 0) * next.extent : 0);
          });
        });
        const bumped = counter.tee(i32.add(counter.get(), i32.const(stride)));
        if (loop.widths) {
          if (!loop.runtime && !loop.start && loop.extent < stride) continue;
          const room = i32.le_s(i32.add(counter.get(), i32.const(stride)), extent);
          const again = br_if(0, i32.le_s(i32.add(bumped, i32.const(stride)), extent));
          this.statements.push(if_(room, [loop_([inner, again])]));
        } else {
          const nest = loop_([inner, br_if(0, i32.lt_s(bumped, extent))]);
          const maybeEmpty = loop.runtime || loop.start;
          this.statements.push(
            maybeEmpty ? if_(i32.lt_s(counter.get(), extent), [nest]) : nest,
          );
        }
      }
      this.width = outer;
    };
    emit(0);
    this.#scopes.pop();
    for (const loop of loops) this.counters.delete(loop.id);
  }

  /**
   * Loops over variables, the largest steps through memory outermost. The batch is no loop when it runs along
   * the lanes.
   */
  loopsOver(vars: readonly Index[], roots: readonly Element[]): Loop[] {
    const step = new Map<number, number>();
    walkElements(roots, (e) => {
      if (e.kind !== "load") return;
      for (const [id, factor] of this.linear(e)?.terms ?? []) {
        step.set(id, Math.max(step.get(id) ?? 0, Math.abs(factor)));
      }
    });
    return vars
      .filter((v): v is Index & { kind: "var" } => v.kind === "var" && !(v.batch && this.block))
      .sort((a, b) => (step.get(b.id) ?? 0) - (step.get(a.id) ?? 0))
      .map((v) => this.loop(v));
  }

  loop(v: Index & { kind: "var" }): Loop {
    const runtime = this.runtimeExtents.get(v.id) ?? (v.batch ? this.images.get() : undefined);
    return { id: v.id, extent: v.extent, counter: this.fn.local("i32"), runtime };
  }

  /** A pointer moved to where the loops start. */
  #started(base: Code, terms: ReadonlyMap<number, number>, loops: readonly Loop[]): Code {
    const { pointer } = this.target;
    let code = base;
    for (const loop of loops) {
      const factor = terms.get(loop.id) ?? 0;
      if (!loop.start || factor === 0) continue;
      const moved = pointer.mul(pointer.from32(loop.start), pointer.const(factor * 4));
      code = pointer.add(code, moved);
    }
    return code;
  }

  /** Reductions with the same loops, together: accumulators in locals, one nest. */
  reduceTogether(group: readonly (Element & { kind: "reduce" })[]): Code[][] {
    const bodies = group.map((e) => e.body);
    const loops = this.loopsOver(group[0].vars, bodies);
    const last = loops.at(-1);
    if (!this.width.axis && last && this.vectorReduce && canRunAlongLanes(group, last.id)) {
      return this.#reduceAlongLanes(group, bodies, loops);
    }
    const accumulators = group.map((e) => this.#accumulator(e));
    this.hoist(bodies, loops);
    this.scoped(() => {
      this.nest(loops, bodies, [], () => {
        group.forEach((e, k) => {
          this.#accumulate(e, accumulators[k], loops);
        });
      });
    });
    return accumulators.map(({ best, place }, k) => {
      const value = (place ?? best).map((local) => local.get());
      this.#memo.set(group[k], value);
      return value;
    });
  }

  /** One result from sixteen partial ones: lanes run along the innermost loop, then are added in order. */
  #reduceAlongLanes(
    group: readonly (Element & { kind: "reduce" })[],
    bodies: readonly Element[],
    loops: readonly Loop[],
  ): Code[][] {
    const last = loops[loops.length - 1];
    const axis: Index = { kind: "var", id: last.id, extent: last.extent, batch: false };
    const wide: Width = { vectors: 4, axis };
    const narrow = this.width;
    this.width = wide;
    const wides = group.map((e) => this.#accumulator(e));
    this.hoist(bodies, loops);
    this.width = narrow;
    const narrows = group.map((e) => this.#accumulator(e));
    const inner: Loop = { ...last, widths: [wide, narrow] };
    this.scoped(() => {
      this.nest([...loops.slice(0, -1), inner], bodies, [], () => {
        group.forEach((e, k) => {
          this.#accumulate(e, this.width === wide ? wides[k] : narrows[k], loops);
        });
      });
    });
    return group.map((e, k) => {
      const lanes = horizontal(e.fn, e.body.dtype, wides[k].best.map((local) => local.get()), this);
      const sum = combine(e.fn, e.body.dtype, lanes, narrows[k].best[0].get());
      return this.keep(e, [sum]);
    });
  }

  #accumulator(e: Element & { kind: "reduce" }): { best: Local[]; place: Local[] | undefined } {
    const best = this.#each(() => 0).map(() => this.fn.local("v128"));
    const place = e.fn.startsWith("arg") ? best.map(() => this.fn.local("v128")) : undefined;
    for (const local of best) {
      this.statements.push(local.set(constant(NEUTRAL[e.fn], e.body.dtype)));
    }
    for (const local of place ?? []) this.statements.push(local.set(constant(0, "i32")));
    return { best, place };
  }

  #accumulate(
    e: Element & { kind: "reduce" },
    { best, place }: { best: Local[]; place: Local[] | undefined },
    loops: readonly Loop[],
  ): void {
    const value = this.value(e.body);
    if (place) {
      this.#argStep(e, value, best, place, loops);
      return;
    }
    best.forEach((local, j) => {
      this.statements.push(local.set(combine(e.fn, e.body.dtype, local.get(), value[j])));
    });
  }

  /** Keeps the first of equals; NaN wins, as in PyTorch. */
  #argStep(
    e: Element & { kind: "reduce" },
    value: Code[],
    best: Local[],
    place: Local[],
    loops: readonly Loop[],
  ): void {
    let position: Code = i32.const(0);
    for (const v of e.vars) {
      const loop = loops.find((candidate) => candidate.id === varId(v)) as Loop;
      position = i32.add(i32.mul(position, i32.const(loop.extent)), loop.counter.get());
    }
    const held = this.#hold(value);
    held.forEach((v, j) => {
      const better = e.fn === "argmax" ? f32x4.gt(v, best[j].get()) : f32x4.lt(v, best[j].get());
      const isNaN = v128.and(f32x4.ne(v, v), f32x4.eq(best[j].get(), best[j].get()));
      const take = this.fn.local("v128");
      this.statements.push(
        take.set(v128.or(better, isNaN)),
        best[j].set(v128.bitselect(v, best[j].get(), take.get())),
        place[j].set(v128.bitselect(i32x4.splat(position), place[j].get(), take.get())),
      );
    });
  }

  /** Parts that do not change inside the loops are computed before them. */
  hoist(roots: readonly Element[], loops: readonly Loop[]): void {
    const ids = new Set(loops.map((loop) => loop.id));
    const depends = new Map<Element, boolean>();
    const check = (e: Element): boolean => {
      let result = depends.get(e);
      if (result === undefined) {
        result = partsOf(e).map(check).some(Boolean);
        if (e.kind === "load") result ||= e.at.some((i) => !("dtype" in i) && usesAny(i, ids));
        if (e.kind === "index") result ||= usesAny(e.index, ids);
        if (e.kind === "guard") result ||= e.guards.some((g) => usesAny(g.index, ids));
        if (e.kind === "reduce") result = true;
        depends.set(e, result);
      }
      return result;
    };
    const seen = new Set<Element>();
    const visit = (e: Element): void => {
      if (seen.has(e)) return;
      seen.add(e);
      if (!check(e)) {
        if (e.kind !== "const" && e.kind !== "guard" && !this.knows(e)) this.keep(e, this.value(e));
        return;
      }
      if (e.kind === "guard" || e.kind === "reduce") return;
      for (const part of partsOf(e)) visit(part);
    };
    for (const root of roots) visit(root);
  }
}

export const NEUTRAL: Readonly<Record<ReduceFn, number>> = {
  sum: 0,
  max: Number.NEGATIVE_INFINITY,
  min: Number.POSITIVE_INFINITY,
  argmax: Number.NEGATIVE_INFINITY,
  argmin: Number.POSITIVE_INFINITY,
};

/** Lanes of vectors combined in a fixed order, as an f32 or i32 in every lane. */
export function horizontal(
  fn: ReduceFn,
  dtype: string,
  vectors: readonly Code[],
  emitter: ElementEmitter,
): Code {
  let all = [...vectors];
  while (all.length > 1) {
    const half: Code[] = [];
    for (let j = 0; j < all.length; j += 2) half.push(combine(fn, dtype, all[j], all[j + 1]));
    all = half;
  }
  const sum = emitter.fn.local("v128");
  const swap = (vector: Code, lanes: number): Code =>
    i8x16.shuffle(vector, vector, Array.from({ length: 16 }, (_, b) => (b + lanes * 4) & 15));
  emitter.statements.push(
    sum.set(all[0]),
    sum.set(combine(fn, dtype, sum.get(), swap(sum.get(), 2))),
    sum.set(combine(fn, dtype, sum.get(), swap(sum.get(), 1))),
  );
  return sum.get();
}

/** No guard and no division depends on the variable, so that lanes differ by a plain step. */
export function canRunAlongLanes(roots: readonly Element[], id: number): boolean {
  let fine = true;
  walkElements(roots, (e) => {
    if (e.kind === "guard" && e.guards.some((g) => usesVar(g.index, id))) fine = false;
    if (e.kind === "index" && usesVar(e.index, id) && !affineOf(e.index)) fine = false;
    if (e.kind === "reduce" && e.fn.startsWith("arg") && e.vars.some((v) => varId(v) === id)) fine = false;
  });
  return fine;
}

export function combine(fn: ReduceFn, dtype: string, a: Code, b: Code): Code {
  if (fn === "sum") return dtype === "f32" ? f32x4.add(a, b) : i32x4.add(a, b);
  if (fn === "max") return dtype === "f32" ? f32x4.max(a, b) : i32x4.max_s(a, b);
  return dtype === "f32" ? f32x4.min(a, b) : i32x4.min_s(a, b);
}

export function constant(value: number, dtype: string): Code {
  if (dtype === "f32") return f32x4.const(value);
  const bits = dtype === "bool" ? (value ? -1 : 0) : limit(value);
  return i32x4.const(bits);
}

const limit = (value: number): number => Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, value));

const streamKey = (tensor: number, terms: ReadonlyMap<number, number>): string =>
  `${tensor}|${[...terms].sort((a, b) => a[0] - b[0])}`;

export function usesVar(i: Index, id: number): boolean {
  if (i.kind === "const") return false;
  if (i.kind === "var") return i.id === id;
  return usesVar(i.a, id) || usesVar(i.b, id);
}

const usesAny = (i: Index, ids: ReadonlySet<number>): boolean =>
  i.kind === "const"
    ? false
    : i.kind === "var"
      ? ids.has(i.id)
      : usesAny(i.a, ids) || usesAny(i.b, ids);

/** 0 ≤ index < size, whatever run time brings: a lane without an image may hold anything. */
function clamp(index: Code, size: number, fn: Fn): Code {
  const at = fn.local("i32");
  const low = i32.and(at.tee(index), i32.xor(i32.shr_s(at.get(), i32.const(31)), i32.const(-1)));
  const floor = fn.local("i32");
  return select(floor.tee(low), i32.const(size - 1), i32.lt_s(floor.get(), i32.const(size)));
}
