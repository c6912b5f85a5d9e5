/**
 * The reference backend: runs a graph node by node with the oracles of the ops, in doubles. It is the meaning of
 * every program, and what the others are tested against; it also replays a failed step to name the first bad op.
 *
 * Batched tensors are cut to the run's n images first, so that no oracle ever sees a lane without an image.
 */
import { ConvkitError } from "../../core/error.ts";
import { formatShape, type Shape, sameShape, sizeOf } from "../../core/shape.ts";
import { type Attrs, type Graph, liveNodes, type Node, type TensorType } from "../../graph/node.ts";
import type { Oracle, RefArray } from "../../graph/op.ts";
import type { OracleTable } from "../../ops/oracles.ts";
import { expand } from "../../passes/expand.ts";

export interface Evaluation {
  readonly outputs: RefArray[];
  /** New values of states, by slot. */
  readonly updates: Map<number, RefArray>;
}

/**
 * `inputs` in the graph's order, batched ones with at least n images; `states` by slot. `onNode` sees every value
 * as it is made. Composite ops run by their own oracle where they have one.
 */
export function evaluate(
  graph: Graph,
  oracles: OracleTable,
  inputs: readonly RefArray[],
  states: readonly RefArray[] = [],
  n: number = graph.batch ?? 1,
  onNode?: (node: Node, value: RefArray) => void,
): Evaluation {
  if (graph.batch !== undefined && !(n >= 1 && n <= graph.batch)) {
    throw new ConvkitError("reference", `${n} images, expected 1 to ${graph.batch}`);
  }
  const nodes = liveNodes(graph);
  if (nodes.some((node) => graph.ops[node.op]?.compose && !oracles[node.op])) {
    const parts = expand(graph, (op) => !oracles[op.name]);
    return evaluate(parts, oracles, inputs, states, n, onNode);
  }
  const values = new Map<Node, RefArray>();
  const uses = countUses(graph, nodes);
  for (const node of nodes) {
    const shape = cut(node, n);
    const args = node.inputs.map((input) => values.get(input) as RefArray);
    const data =
      leafValue(node, shape, inputs, states, n) ??
      oracleOf(oracles, node).reference(args, cutAttrs(node, shape), { ...typeOf(node), shape });
    if (data.length !== sizeOf(shape)) {
      throw new ConvkitError(
        node.op,
        `its reference gave ${data.length} elements for the shape ${formatShape(shape)}`,
      );
    }
    const value = { shape, data };
    values.set(node, value);
    onNode?.(node, value);
    for (const input of node.inputs) {
      const left = (uses.get(input) as number) - 1;
      uses.set(input, left);
      if (left === 0) values.delete(input);
    }
  }
  const result = (node: Node) => values.get(node) as RefArray;
  return {
    outputs: graph.outputs.map(result),
    updates: new Map(graph.updates.map(({ slot, value }) => [slot, result(value)])),
  };
}

/** How often each value is still needed; outputs and updates are needed to the end. */
function countUses(graph: Graph, nodes: readonly Node[]): Map<Node, number> {
  const uses = new Map<Node, number>();
  const use = (node: Node) => uses.set(node, (uses.get(node) ?? 0) + 1);
  for (const node of nodes) node.inputs.forEach(use);
  graph.outputs.forEach(use);
  for (const { value } of graph.updates) use(value);
  return uses;
}

const typeOf = ({ shape, dtype, batched }: Node): TensorType => ({ shape, dtype, batched });

const cut = ({ shape, batched }: TensorType, n: number): Shape =>
  batched ? [n, ...shape.slice(1)] : shape;

/** `reshape`, `broadcastTo` and random ops name their shape in the attributes. */
const cutAttrs = ({ attrs, batched }: Node, shape: Shape): Attrs =>
  batched && "shape" in attrs ? { ...attrs, shape } : attrs;

function oracleOf(oracles: OracleTable, node: Node): Oracle {
  const oracle = oracles[node.op];
  if (!oracle) throw new ConvkitError("reference", `op ${node.op} has no reference meaning`);
  return oracle;
}

function leafValue(
  node: Node,
  shape: Shape,
  inputs: readonly RefArray[],
  states: readonly RefArray[],
  n: number,
): Float64Array | undefined {
  if (node.op === "constant") return Float64Array.of(Number(node.attrs.value));
  if (node.op === "count") return Float64Array.of(n);
  if (node.op !== "input" && node.op !== "state") return undefined;
  const { name } = node.attrs;
  const given =
    node.op === "input" ? inputs[node.attrs.index as number] : states[node.attrs.slot as number];
  if (!given) throw new ConvkitError("reference", `${node.op} ${name} has no value`);
  const rest = (s: Shape) => (node.batched ? s.slice(1) : s);
  const enough = !node.batched || given.shape[0] >= n;
  if (
    !sameShape(rest(given.shape), rest(shape)) ||
    !enough ||
    given.shape.length !== shape.length
  ) {
    throw new ConvkitError(
      "reference",
      `${node.op} ${name} has shape ${formatShape(given.shape)}, expected ${formatShape(shape)}`,
    );
  }
  return given.data.subarray(0, sizeOf(shape));
}
