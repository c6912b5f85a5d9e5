/** Writes a graph node by node: patterns first, then the table, and composite ops by their parts. */
import { ConvkitError } from "../../../core/error.ts";
import { Builder } from "../../../graph/builder.ts";
import type { Graph, Node } from "../../../graph/node.ts";
import { expand } from "../../../passes/expand.ts";
import { activationPatterns } from "./activation-patterns.ts";
import type { Emission } from "./emission.ts";
import type { Match } from "./exporter.ts";
import { layerPatterns } from "./layer-patterns.ts";
import { padPatterns } from "./pad-patterns.ts";
import { exporters } from "./table.ts";

/** Adds the nodes that the graph's outputs need; returns the outputs' names. `inputs` are those of its inputs. */
export function writeGraph(e: Emission, graph: Graph, inputs: readonly string[]): string[] {
  const names = new Map<Node, string>();
  graph.inputs.forEach((node, i) => {
    names.set(node, inputs[i]);
  });
  const matches = matchedNodes(graph);
  const nameOf = (node: Node) => names.get(node) as string;
  for (const node of graph.nodes) {
    const match = matches.get(node);
    if (match === undefined || names.has(node)) continue;
    const write = () => match.write(e, match.inputs.map(nameOf));
    names.set(node, e.within(node.scope, write));
  }
  return graph.outputs.map(nameOf);
}

/** The nodes to write, those that the outputs need once groups of nodes are one, and how. */
function matchedNodes(graph: Graph): Map<Node, Match> {
  const matches = new Map<Node, Match>();
  const stack = [...graph.outputs];
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (matches.has(node)) continue;
    const match = matchOf(graph, node);
    matches.set(node, match);
    stack.push(...match.inputs);
  }
  return matches;
}

function matchOf(graph: Graph, node: Node): Match {
  for (const pattern of [...layerPatterns, ...activationPatterns, ...padPatterns]) {
    const match = pattern(node);
    if (match) return match;
  }
  return { inputs: node.inputs, write: (e, inputs) => writeNode(e, graph, node, inputs) };
}

function writeNode(e: Emission, graph: Graph, node: Node, inputs: readonly string[]): string {
  if (node.op === "state") return e.state(graph.states[node.attrs.slot as number]);
  if (node.op === "constant") return e.scalar(Number(node.attrs.value), node.dtype);
  if (node.op === "count") return e.count();
  const exporter = exporters[node.op];
  if (exporter) return exporter(e, node, inputs);
  if (graph.ops[node.op].compose) return writeGraph(e, partsOf(graph, node), inputs)[0];
  const where = node.scope ? `layer "${node.scope}"` : "the network";
  throw new ConvkitError(
    "exportOnnx",
    `${where} computes ${node.op}, for which ONNX has no operator — leave it out or put another layer in its place`,
  );
}

/** A composite op as a graph of its parts. */
function partsOf({ ops, batch }: Graph, node: Node): Graph {
  const builder = new Builder(ops, batch);
  const inputs = node.inputs.map((input, i) => builder.input(`x${i}`, input));
  const graph = builder.build([
    builder.within(node.scope, () => builder.apply(node.op, inputs, node.attrs)),
  ]);
  return expand(graph, ({ name }) => !Object.hasOwn(exporters, name));
}
