/**
 * Depth as the field counts it, the 50 of ResNet-50: layers with weights on the longest path from input to output, read off
 * the graph as products of something that comes from the input with something that does not.
 */
import type { Node } from "../../graph/node.ts";
import type { Trace } from "../../nn/initialize.ts";

export function networkDepth({ builder, inputs, output }: Trace): number {
  const depths = new Map<Node, number>(inputs.map(({ node }) => [node, 0]));
  for (const node of builder.nodes) {
    const met = node.inputs.flatMap((from) => depths.get(from) ?? []);
    if (met.length === 0) continue;
    const weighted =
      met.length < node.inputs.length &&
      (builder.ops[node.op]?.macs?.(node.inputs, node.attrs, node) ?? 0) > 0;
    depths.set(node, Math.max(...met) + (weighted ? 1 : 0));
  }
  return depths.get(output.node) ?? 0;
}
