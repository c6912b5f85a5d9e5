/**
 * The graph: a list of typed nodes in an order in which they can be computed. It is plain data; it is built
 * by `builder.ts`, printed by `print.ts`, checked by `verify.ts`, and everything else in convkit reads it.
 */
import type { DType } from "../core/dtype.ts";
import type { Shape } from "../core/shape.ts";
import type { OpTable } from "./op.ts";

export type AttrValue = number | string | boolean | null | readonly AttrValue[];
export type Attrs = Readonly<Record<string, AttrValue>>;

/**
 * What a tensor is before it has a value. When `batched`, axis 0 is the batch axis: its size is the
 * program's capacity, and at run time only the first n images exist; the others never enter a result.
 */
export interface TensorType {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly batched: boolean;
}

export interface Node extends TensorType {
  /** Position in `Graph.nodes`; inputs always have smaller ids. */
  readonly id: number;
  /** A name of the graph's ops, or one of the leaves `input`, `state`, `constant`, `count`. */
  readonly op: string;
  readonly inputs: readonly Node[];
  readonly attrs: Attrs;
  /** Path of the module that made it, `layer1.0.conv1`; empty outside modules. */
  readonly scope: string;
}

/** Something that outlives a run: a parameter, a running statistic, an optimiser's moment. */
export interface StateRef {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: DType;
}

export interface Update {
  readonly slot: number;
  readonly value: Node;
}

export interface Graph {
  /** What its ops mean, by name: the engine's table, and those that were applied by their definition. */
  readonly ops: OpTable;
  readonly nodes: readonly Node[];
  readonly inputs: readonly Node[];
  readonly outputs: readonly Node[];
  /** State read or written, by slot; `state` nodes carry the slot in their attributes. */
  readonly states: readonly StateRef[];
  /** New values of states, all written after everything else has been computed. */
  readonly updates: readonly Update[];
  /** Size of the batch axis (the capacity), or undefined when no tensor is batched. */
  readonly batch: number | undefined;
}

/** The nodes that the given ones are made from, and these themselves. */
export function madeFrom(ends: readonly Node[]): Set<Node> {
  const found = new Set<Node>();
  const stack = [...ends];
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (found.has(node)) continue;
    found.add(node);
    stack.push(...node.inputs);
  }
  return found;
}

/** Nodes that the outputs and updates need, in order. */
export function liveNodes({ nodes, outputs, updates }: Graph): Node[] {
  const live = madeFrom([...outputs, ...updates.map(({ value }) => value)]);
  return nodes.filter((node) => live.has(node));
}
