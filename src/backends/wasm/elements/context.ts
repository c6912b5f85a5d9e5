/**
 * What all parts of the element emitter share: the function being written, what the lanes of a vector are,
 * which loops are open, and how to come by the value of another element. `ElementEmitter` is the one
 * implementation; the parts beside this file (arithmetic, loads, loops, reductions) are functions over it.
 */
import type { Element, Index } from "../../../graph/lower.ts";
import { type Code, type Fn, i32, type Local } from "../assembler.ts";
import type { Target } from "../target.ts";
import type { Streams } from "./streams.ts";

export type Var = Index & { kind: "var" };
export type Load = Element & { kind: "load" };
export type Reduce = Element & { kind: "reduce" };

export const isVar = (v: Index): v is Var => v.kind === "var";

export interface Width {
  /** v128 vectors that make up one value. */
  readonly vectors: number;
  /** The variable that runs along the lanes: the batch, a loop, or none (then only lane 0 counts). */
  readonly axis: Index | undefined;
}

export interface ElementContext {
  readonly target: Target;
  readonly fn: Fn;
  /** Image block of this chunk; undefined where the lanes are not images. */
  readonly block: Local | undefined;
  /** The number of images that exist. */
  readonly images: Local;
  width: Width;
  /** Where reductions of single elements may run along the lanes. */
  readonly vectorReduce: boolean;
  /** The list that is being written; `collect` puts another in its place for a while. */
  readonly statements: Code[];
  /** Counters of the open loops, by variable. */
  readonly counters: Map<number, Local>;
  /** Extents that only run time knows, by variable. */
  readonly runtimeExtents: Map<number, Code>;
  /** Variables whose loop was merged into the next inner one. */
  readonly merged: Set<number>;
  readonly streams: Streams;

  /** The element as one expression per vector; statements that must run before are appended. */
  value(e: Element): Code[];
  /** Puts a value into locals, to be read from there from now on. */
  keep(e: Element, code: readonly Code[]): Code[];
  remember(e: Element, value: Code[]): void;
  knows(e: Element): boolean;
  /** Runs `body` with a statement list of its own and gives that list. */
  collect(body: () => void): Code[];
  /** Values computed inside are forgotten after; those from before stay known. */
  scoped<T>(body: () => T): T;
}

/** One thing per vector of the present width. */
export function perVector<T>(context: ElementContext, make: (j: number) => T): T[] {
  return Array.from({ length: context.width.vectors }, (_, j) => make(j));
}

export function vectorLocals(context: ElementContext): Local[] {
  return perVector(context, () => context.fn.local("v128"));
}

/** Vectors in locals, so that they are evaluated once. */
export function hold(context: ElementContext, vectors: readonly Code[]): Code[] {
  return vectors.map((vector) => {
    const local = context.fn.local("v128");
    context.statements.push(local.set(vector));
    return local.get();
  });
}

/** The variable along the lanes; −1 where there is none. */
export const laneVar = ({ width }: ElementContext): number =>
  width.axis && isVar(width.axis) ? width.axis.id : -1;

/** The first image of the chunk where the lanes are images, else undefined. */
export function firstImage({ width, block }: ElementContext): Code | undefined {
  const overImages = width.axis && isVar(width.axis) && width.axis.batch;
  return overImages && block ? i32.mul(block.get(), i32.const(16)) : undefined;
}
