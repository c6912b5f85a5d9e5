/** Which call of a module made a node of the graph. */
import type { Builder, ModuleCall } from "./builder.ts";
import type { Node } from "./node.ts";
import type { Tensor } from "./tensor.ts";

/** The innermost call; undefined for what stands outside all modules. */
export function makerOf(builder: Builder): (node: Node) => ModuleCall | undefined {
  const byPath = new Map<string, ModuleCall[]>();
  for (const call of builder.calls) {
    const calls = byPath.get(call.path);
    if (calls) calls.push(call);
    else byPath.set(call.path, [call]);
  }
  return ({ scope, id }) => {
    // A layer that is called several times makes its nodes before the output of the call.
    const calls = byPath.get(scope);
    return calls?.find((call) => (call.output as Tensor).node.id >= id) ?? calls?.[0];
  };
}
