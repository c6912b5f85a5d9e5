/**
 * What an op's rule asks of its inputs, found by running the rule once without fusing anything.
 */
import type { Element, Index } from "../graph/lower.ts";
import type { Graph, Node } from "../graph/node.ts";
import { ElementBuilder, partsOf } from "../loops/lowering.ts";
import { ruleOf, variablesOf } from "./fuse.ts";

/** Rough cost in cycles of one element; one where not named. */
const COST: Readonly<Record<string, number>> = {
  div: 4,
  sqrt: 5,
  exp: 14,
  log: 16,
  tanh: 18,
  erf: 20,
  sigmoid: 18,
  softplus: 32,
  pow: 40,
  sin: 20,
  cos: 20,
};

export interface Probe {
  /** Sums over something, so it is not recomputed inside other loops. */
  readonly reduces: boolean;
  readonly cost: number;
  /** How often one element of the result reads an element of each input. */
  readonly reads: number[];
  /** Inputs read at an index that only run time knows. */
  readonly gathers: boolean[];
}

export function probe(node: Node, graph: Graph): Probe {
  const builder = new ElementBuilder(graph.batch);
  const vars = variablesOf(node, builder);
  const seen = node.inputs.map(() => new Set<Element>());
  const gathers = node.inputs.map(() => false);
  const inputs = node.inputs.map((input, i) => ({
    ...input,
    at: (...index: (Index | Element)[]) => {
      if (index.some((at) => "dtype" in at)) gathers[i] = true;
      const element = builder.load(i, input.dtype, index);
      seen[i].add(element);
      return element;
    },
  }));
  const value = ruleOf(node, graph)(builder, inputs, node.attrs, vars, node);
  let reduces = false;
  let cost = 0;
  const loops = new Map<Element, number>();
  // A load inside a reduction happens once per round of the loops around it.
  const walk = (e: Element, rounds: number): void => {
    const known = loops.get(e) ?? 0;
    if (known >= rounds) return;
    loops.set(e, rounds);
    let inner = rounds;
    if (e.kind === "reduce") {
      reduces = true;
      inner *= e.vars.reduce((n, v) => n * (v.kind === "var" ? v.extent : 1), 1);
    }
    if (e.kind !== "const")
      cost += e.kind === "unary" || e.kind === "binary" ? (COST[e.fn] ?? 1) : 1;
    for (const part of partsOf(e)) walk(part, inner);
  };
  walk(value, 1);
  const reads = seen.map((loads) => [...loads].reduce((n, load) => n + (loops.get(load) ?? 1), 0));
  return { reduces, cost, reads, gathers };
}
