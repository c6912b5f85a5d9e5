/**
 * Checks a graph after it was traced, rewritten or read: every node stands at its id, uses what stands before it,
 * is one of its ops, and has the type that the op's shape rule gives.
 */
import { ConvkitError } from "../core/error.ts";
import { sameShape } from "../core/shape.ts";
import type { Graph, Node, TensorType } from "./node.ts";
import type { OpTable } from "./op.ts";
import { printNode, printType } from "./print.ts";

export function verify(graph: Graph): void {
  const { ops } = graph;
  const known = new Set<Node>();
  graph.nodes.forEach((node, i) => {
    if (node.id !== i) fail(node, `stands at place ${i}`);
    for (const input of node.inputs) {
      if (!known.has(input)) fail(node, `uses %${input.id}, which does not stand before it`);
    }
    if (node.batched && (graph.batch === undefined || node.shape[0] !== graph.batch)) {
      fail(node, `has another batch axis than the graph's ${graph.batch ?? "none"}`);
    }
    const type = leafType(graph, node) ?? inferred(ops, node);
    if (!sameType(type, node)) fail(node, `should be ${printType(type)}`);
    known.add(node);
  });
  for (const node of [...graph.inputs, ...graph.outputs]) {
    if (!known.has(node)) fail(node, "is an input or output, but not a node of the graph");
  }
  graph.inputs.forEach((node, index) => {
    if (node.op !== "input" || node.attrs.index !== index)
      fail(node, `is listed as input ${index}`);
  });
  const written = new Set<number>();
  for (const { slot, value } of graph.updates) {
    const ref = graph.states[slot];
    if (!ref) throw new ConvkitError("verify", `update of slot ${slot}, which does not exist`);
    if (written.has(slot)) throw new ConvkitError("verify", `two updates of ${ref.name}`);
    written.add(slot);
    if (!known.has(value)) fail(value, `updates ${ref.name}, but is not a node of the graph`);
    if (!sameType({ ...ref, batched: false }, value)) fail(value, `does not fit state ${ref.name}`);
  }
}

const sameType = (a: TensorType, b: TensorType): boolean =>
  sameShape(a.shape, b.shape) && a.dtype === b.dtype && a.batched === b.batched;

/** The type of a leaf, undefined for an op. */
function leafType(graph: Graph, node: Node): TensorType | undefined {
  if (node.op === "constant") return { shape: [], dtype: node.dtype, batched: false };
  if (node.op === "count") return { shape: [], dtype: "f32", batched: false };
  if (node.op === "input") {
    if (!graph.inputs.includes(node)) fail(node, "is not among the graph's inputs");
    return node;
  }
  if (node.op === "state") {
    const ref = graph.states[node.attrs.slot as number];
    return ref ? { ...ref, batched: false } : fail(node, "reads a slot that does not exist");
  }
  return undefined;
}

function inferred(ops: OpTable, node: Node): TensorType {
  const op = Object.hasOwn(ops, node.op) ? ops[node.op] : fail(node, "is no op of the table");
  const { attrs } = node;
  let canonical = attrs;
  let type: TensorType;
  try {
    if (op.normalize) canonical = op.normalize(attrs, node.inputs);
    type = op.infer(node.inputs, canonical);
  } catch (error) {
    throw new ConvkitError("verify", `${printNode(node)}: ${(error as Error).message}`, {
      cause: error,
    });
  }
  if (JSON.stringify(canonical) !== JSON.stringify(attrs)) {
    fail(node, `has attributes that are not canonical, expected ${JSON.stringify(canonical)}`);
  }
  return type;
}

function fail(node: Node, what: string): never {
  throw new ConvkitError("verify", `${printNode(node)}: ${what}`);
}
