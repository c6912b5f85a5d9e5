/**
 * What is computed together: a loop nest over expressions, or a contraction with a kernel of its own.
 */
import type { Element, Index } from "../graph/lower.ts";
import type { Node } from "../graph/node.ts";
import type { ElementBuilder } from "../loops/lowering.ts";

/** One loop nest that computes one or several tensors of one shape. */
export interface LoopKernel {
  readonly kind: "loop";
  readonly nodes: readonly Node[];
  readonly values: readonly Element[];
  /** Loop variables by logical axis of the result. */
  readonly vars: readonly Index[];
  readonly builder: ElementBuilder;
  /** Tensors with memory that the expressions load. */
  readonly reads: readonly Node[];
}

/** A node that a hand-written kernel computes, with the pointwise work on its result that rides along. */
export interface SpecialKernel {
  readonly kind: "special";
  /** The contraction itself. */
  readonly core: Node;
  /** The tensor that is stored: `core`, or the end of its epilogue. */
  readonly node: Node;
  /** The stored element from the core's element (a load of `core` at the same place) and other loads. */
  readonly value: Element | undefined;
  readonly vars: readonly Index[];
  readonly builder: ElementBuilder;
  readonly reads: readonly Node[];
}

export type Kernel = LoopKernel | SpecialKernel;

export const outputsOf = (kernel: Kernel): readonly Node[] =>
  kernel.kind === "loop" ? kernel.nodes : [kernel.node];

/** Tensors that are there before a program computes anything. */
export const isLeaf = (node: Node): boolean => node.op === "input" || node.op === "state";
/** Scalars that every expression may hold without memory. */
export const isFree = (node: Node): boolean => node.op === "constant" || node.op === "count";
