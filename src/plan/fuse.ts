/**
 * Fusion is substitution: the expression of an element, in which tensors without memory are written out by
 * the rules of their own ops.
 */
import { ConvkitError } from "../core/error.ts";
import type { Access, Element, Index } from "../graph/lower.ts";
import type { Graph, Node } from "../graph/node.ts";
import { ElementBuilder } from "../loops/lowering.ts";
import type { LoopKernel, SpecialKernel } from "./kernel.ts";
import { isFree } from "./kernel.ts";

export function ruleOf(node: Node, { ops }: Graph) {
  const lower = ops[node.op]?.lower;
  if (!lower) throw new ConvkitError(node.op, "the op has neither a lowering nor a kernel");
  return lower;
}

/** Loop variables by axis; a size of 1 is no loop. */
export function variablesOf(node: Node, builder: ElementBuilder): Index[] {
  return node.shape.map((dim, axis) => {
    if (axis === 0 && node.batched) return builder.batch;
    return dim === 1 ? builder.i(0) : builder.variable(dim);
  });
}

/** The expression of one element of `node`, with tensors that have no memory written out. */
class Fuser {
  readonly reads = new Set<Node>();
  readonly builder: ElementBuilder;
  readonly graph: Graph;
  readonly memory: ReadonlySet<Node>;
  readonly #done = new Map<string, Element>();

  constructor(graph: Graph, memory: ReadonlySet<Node>) {
    this.builder = new ElementBuilder(graph.batch);
    this.graph = graph;
    this.memory = memory;
  }

  element(node: Node, index: readonly Index[]): Element {
    const inputs = node.inputs.map((input) => this.access(input));
    return ruleOf(node, this.graph)(this.builder, inputs, node.attrs, index, node);
  }

  access(node: Node): Access {
    const { shape, dtype, batched } = node;
    return {
      shape,
      dtype,
      batched,
      at: (...index) => {
        if (node.op === "constant") return this.builder.constant(Number(node.attrs.value), dtype);
        if (this.memory.has(node) || node.op === "count") {
          this.reads.add(node);
          return this.builder.load(node.id, dtype, index);
        }
        const key = JSON.stringify([node.id, index]);
        let element = this.#done.get(key);
        if (!element) {
          element = this.element(node, index as Index[]);
          this.#done.set(key, element);
        }
        return element;
      },
    };
  }
}

export function loopKernel(node: Node, graph: Graph, memory: ReadonlySet<Node>): LoopKernel {
  const fuser = new Fuser(graph, memory);
  const { builder } = fuser;
  const vars = variablesOf(node, builder);
  const value = isFree(node) ? fuser.access(node).at(...vars) : fuser.element(node, vars);
  return { kind: "loop", nodes: [node], values: [value], vars, builder, reads: [...fuser.reads] };
}

export function specialKernel(
  core: Node,
  node: Node,
  graph: Graph,
  memory: ReadonlySet<Node>,
): SpecialKernel {
  const fuser = new Fuser(graph, memory);
  const { builder } = fuser;
  const vars = variablesOf(node, builder);
  const value = core === node ? undefined : fuser.element(node, vars);
  const reads = new Set([...core.inputs, ...fuser.reads]);
  reads.delete(core);
  return { kind: "special", core, node, value, vars, builder, reads: [...reads] };
}
