/** Which nodes of a graph are needed for its outputs, in an order in which each finds its inputs made. */
import { ConvkitError } from "../../core/error.ts";
import { nodeTitle } from "./arguments.ts";
import type { NodeProto } from "./proto.ts";

/** Throws where a value is missing, given twice, or needed for itself. `given` is there from the start. */
export function orderedNodes(
  nodes: readonly NodeProto[],
  given: ReadonlySet<string>,
  outputs: readonly string[],
  file: string,
): NodeProto[] {
  const fail = (message: string): never => {
    throw new ConvkitError("onnx", `${file}: ${message} — the file is damaged; save it again`);
  };
  const producers = new Map<string, NodeProto>();
  for (const node of nodes) {
    for (const name of node.outputs) {
      if (name === "") continue;
      if (producers.has(name) || given.has(name)) fail(`the value "${name}" is given twice`);
      producers.set(name, node);
    }
  }
  const needed = new Set<NodeProto>();
  const consumers = new Map<NodeProto, NodeProto[]>();
  const missing = new Map<NodeProto, number>();
  const open = outputs.map((name): [string, string] => [name, "the outputs"]);
  while (open.length > 0) {
    const [name, asker] = open.pop() as [string, string];
    if (given.has(name)) continue;
    const node = producers.get(name) ?? fail(`nothing gives "${name}", needed by ${asker}`);
    if (needed.has(node)) continue;
    needed.add(node);
    const inputs = new Set(node.inputs.filter((input) => input !== ""));
    for (const input of inputs) open.push([input, nodeTitle(node)]);
    const before = new Set([...inputs].flatMap((input) => producers.get(input) ?? []));
    missing.set(node, before.size);
    for (const other of before) {
      const list = consumers.get(other) ?? [];
      list.push(node);
      consumers.set(other, list);
    }
  }
  const ready = nodes.filter((node) => missing.get(node) === 0);
  for (const node of ready) {
    for (const next of consumers.get(node) ?? []) {
      const left = (missing.get(next) as number) - 1;
      missing.set(next, left);
      if (left === 0) ready.push(next);
    }
  }
  if (ready.length === needed.size) return inFileOrder(nodes, ready, given);
  const stuck = [...needed].find((node) => (missing.get(node) as number) > 0) as NodeProto;
  return fail(`${nodeTitle(stuck)} needs what it gives: the graph goes round in a circle`);
}

/** The file's own order, which people know, where it is one; the standard says that it is. */
function inFileOrder(
  nodes: readonly NodeProto[],
  sorted: readonly NodeProto[],
  given: ReadonlySet<string>,
): NodeProto[] {
  const wanted = new Set(sorted);
  const own = nodes.filter((node) => wanted.has(node));
  const there = new Set(given);
  const isOrder = own.every((node) => {
    const fits = node.inputs.every((name) => name === "" || there.has(name));
    for (const name of node.outputs) there.add(name);
    return fits;
  });
  return isOrder ? own : [...sorted];
}
