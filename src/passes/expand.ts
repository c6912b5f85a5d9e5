/**
 * Replaces composite ops by their parts, until only ops are left that state one element of their result.
 * Scopes, inputs, states and updates stay as they are; nodes that nothing needs fall away.
 */
import { ConvkitError } from "../core/error.ts";
import { sameShape } from "../core/shape.ts";
import { Builder } from "../graph/builder.ts";
import { callsOf } from "../graph/calls.ts";
import { type Attrs, type Graph, liveNodes, type Node } from "../graph/node.ts";
import type { AnyOp, OpTable } from "../graph/op.ts";
import type { Tensor } from "../graph/tensor.ts";

/** Which ops to replace: all that have `compose`, if left out. */
export type Chosen = (op: AnyOp) => boolean;

export function expand(graph: Graph, chosen: Chosen = () => true): Graph {
  const builder = new ExpandingBuilder(graph.ops, graph.batch, chosen);
  const made = new Map<Node, Tensor>();
  for (const node of graph.inputs) made.set(node, builder.input(String(node.attrs.name), node));
  const leaves = graph.states.map((ref) => builder.state(ref));
  const of = (node: Node) => made.get(node) as Tensor;
  for (const node of liveNodes(graph)) {
    if (node.op === "state") made.set(node, leaves[node.attrs.slot as number]);
    else if (node.op === "constant") {
      made.set(node, builder.constant(Number(node.attrs.value), node.dtype));
    } else if (node.op === "count") made.set(node, builder.count());
    else if (node.op !== "input") {
      const apply = () => builder.apply(node.op, node.inputs.map(of), node.attrs);
      made.set(node, builder.within(node.scope, apply));
    }
  }
  for (const { slot, value } of graph.updates) builder.update(graph.states[slot], of(value));
  return builder.build(graph.outputs.map(of));
}

/** Applies the parts of an op in its place; the calls that the parts make come here again. */
class ExpandingBuilder extends Builder {
  readonly #chosen: Chosen;
  readonly #calls: unknown;

  constructor(ops: OpTable, batch: number | undefined, chosen: Chosen) {
    super(ops, batch);
    this.#chosen = chosen;
    this.#calls = callsOf(this, ops);
  }

  override apply(which: string | AnyOp, inputs: readonly Tensor[], given: Attrs = {}): Tensor {
    const op = this.find(which);
    if (!op.compose || !this.#chosen(op)) return super.apply(op, inputs, given);
    const nodes = inputs.map((input) => input.node);
    const attrs = op.normalize ? op.normalize(given, nodes) : given;
    const type = op.infer(nodes, attrs);
    const result = op.compose(this.#calls, inputs, attrs);
    const { shape, dtype, batched } = result;
    if (!sameShape(shape, type.shape) || dtype !== type.dtype || batched !== type.batched) {
      throw new ConvkitError(
        op.name,
        `its parts give ${dtype} ${shape}, its shape rule ${type.dtype} ${type.shape}`,
      );
    }
    return result;
  }
}
