/**
 * Element expressions as vector code. A value is a list of v128 expressions, one per vector of the present
 * width; statements that must run before it (loads used twice, reductions, guarded parts) are appended to
 * the current list. What the vector's lanes are is the width's business: images, or elements of one axis.
 *
 * Here are the state of an expression being written and the choice by kind of element; `elements/` holds the
 * parts.
 */
import type { Element } from "../../graph/lower.ts";
import { partsOf, walkElements } from "../../loops/lowering.ts";
import { type Code, type Fn, if_, type Local, v128 } from "./assembler.ts";
import { binary, constant, unary } from "./elements/arithmetic.ts";
import { type ElementContext, perVector, vectorLocals, type Width } from "./elements/context.ts";
import { guardsHold, indexVector } from "./elements/indices.ts";
import { load } from "./elements/loads.ts";
import { reduceTogether } from "./elements/reduce.ts";
import { Streams } from "./elements/streams.ts";
import type { Target } from "./target.ts";

export class ElementEmitter implements ElementContext {
  readonly target: Target;
  readonly fn: Fn;
  readonly block: Local | undefined;
  readonly images: Local;
  width: Width;
  vectorReduce = false;
  statements: Code[] = [];
  readonly counters = new Map<number, Local>();
  readonly runtimeExtents = new Map<number, Code>();
  readonly merged = new Set<number>();
  readonly streams = new Streams();
  /** Values that are known at this point of the code. */
  #values = new Map<Element, Code[]>();
  #uses = new Map<Element, number>();

  constructor(
    target: Target,
    fn: Fn,
    { block, images, width }: { block?: Local; images: Local; width: Width },
  ) {
    this.target = target;
    this.fn = fn;
    this.block = block;
    this.images = images;
    this.width = width;
  }

  /** Counts how often each part is used, so that shared ones get locals. */
  prepare(roots: readonly Element[]): void {
    this.#uses = new Map();
    const count = (e: Element) => this.#uses.set(e, (this.#uses.get(e) ?? 0) + 1);
    walkElements(roots, (e) => {
      partsOf(e).forEach(count);
    });
    roots.forEach(count);
  }

  collect(body: () => void): Code[] {
    const outer = this.statements;
    this.statements = [];
    body();
    const inner = this.statements;
    this.statements = outer;
    return inner;
  }

  scoped<T>(body: () => T): T {
    const outer = this.#values;
    this.#values = new Map(outer);
    const result = body();
    this.#values = outer;
    return result;
  }

  remember(e: Element, value: Code[]): void {
    this.#values.set(e, value);
  }

  knows(e: Element): boolean {
    return this.#values.has(e);
  }

  keep(e: Element, code: readonly Code[]): Code[] {
    const locals = code.map(() => this.fn.local("v128"));
    this.statements.push(locals.map((local, j) => local.set(code[j])));
    const value = locals.map((local) => local.get());
    this.remember(e, value);
    return value;
  }

  value(e: Element): Code[] {
    const known = this.#values.get(e);
    // Computed before the loops, for a body of another width perhaps, it is the same in every vector.
    if (known) return perVector(this, (j) => known[Math.min(j, known.length - 1)]);
    const code = this.#compute(e);
    const shared = (this.#uses.get(e) ?? 1) > 1 && e.kind !== "const";
    return shared || e.kind === "reduce" ? this.keep(e, code) : code;
  }

  #compute(e: Element): Code[] {
    switch (e.kind) {
      case "const":
        return perVector(this, () => constant(e.value, e.dtype));
      case "load":
        return load(this, e);
      case "index":
        return indexVector(this, e.index, e.dtype);
      case "unary":
        return unary(this, e);
      case "binary":
        return binary(this, e);
      case "select": {
        const [cond, a, b] = [this.value(e.cond), this.value(e.a), this.value(e.b)];
        return perVector(this, (j) => v128.bitselect(a[j], b[j], cond[j]));
      }
      case "guard":
        return this.#guard(e);
      case "reduce":
        return reduceTogether(this, [e])[0];
    }
  }

  /** `outside` first, then `inside` over it where the guards hold: what it loads may not exist elsewhere. */
  #guard(e: Element & { kind: "guard" }): Code[] {
    const locals = vectorLocals(this);
    const assign = (code: readonly Code[]): void => {
      this.statements.push(locals.map((local, j) => local.set(code[j])));
    };
    assign(this.value(e.outside));
    const inside = this.collect(() => this.scoped(() => assign(this.value(e.inside))));
    this.statements.push(if_(guardsHold(this, e.guards), inside));
    const value = locals.map((local) => local.get());
    this.remember(e, value);
    return value;
  }
}
