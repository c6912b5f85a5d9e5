/**
 * The text form of a graph, one node a line; `parse.ts` reads it back.
 *
 *     graph batch=64
 *     state 0 "conv1.weight" f32[16,3,3,3]
 *     %0 = input {"index":0,"name":"x"} : f32[64*,3,32,32]
 *     %1 = state {"slot":0,"name":"conv1.weight"} : f32[16,3,3,3]
 *     %2 = conv2d(%0, %1) {"stride":[1,1]} : f32[64*,16,32,32] @conv1
 *     return %2
 *
 * The star marks the batch axis, the word after @ the module. `update SLOT %ID` lines stand before `return`.
 */
import type { Graph, Node, TensorType } from "./node.ts";

export function print(graph: Graph): string {
  const lines = [
    graph.batch === undefined ? "graph" : `graph batch=${graph.batch}`,
    ...graph.states.map((ref, slot) => {
      const type = printType({ ...ref, batched: false });
      return `state ${slot} ${JSON.stringify(ref.name)} ${type}`;
    }),
    ...graph.nodes.map(printNode),
    ...graph.updates.map(({ slot, value }) => `update ${slot} %${value.id}`),
    `return ${graph.outputs.map((node) => `%${node.id}`).join(", ")}`.trimEnd(),
  ];
  return `${lines.join("\n")}\n`;
}

export function printNode(node: Node): string {
  const inputs = node.inputs.map((input) => `%${input.id}`).join(", ");
  const attrs = Object.keys(node.attrs).length > 0 ? ` ${JSON.stringify(node.attrs)}` : "";
  const scope = node.scope ? ` @${node.scope}` : "";
  return `%${node.id} = ${node.op}${inputs && `(${inputs})`}${attrs} : ${printType(node)}${scope}`;
}

export function printType({ shape, dtype, batched }: TensorType): string {
  return `${dtype}[${shape.map((dim, i) => (batched && i === 0 ? `${dim}*` : dim)).join()}]`;
}
