/** Which modules a drawing opens, so that what is inside is drawn in their place. */
import type { ModuleCall } from "../graph/builder.ts";
import type { AnyModule } from "../nn/module.ts";

export type Opens = (call: ModuleCall) => boolean;

/** Modules that hold others, down to a depth. */
export function openedTo(calls: readonly ModuleCall[], depth: number): Opens {
  const parents = new Set(calls.map(({ parent }) => parent));
  const depthOf = ({ parent }: ModuleCall): number => (parent ? depthOf(parent) + 1 : 0);
  return (call) => parents.has(call) && depthOf(call) < depth;
}

/** What only lines others up: `sequential`, a convolution with its norm, the encoder around its blocks. */
export function openedByForm(calls: readonly ModuleCall[]): Opens {
  const children = new Map<ModuleCall, ModuleCall[]>();
  for (const call of calls) {
    const siblings = call.parent && children.get(call.parent);
    if (siblings) siblings.push(call);
    else if (call.parent) children.set(call.parent, [call]);
  }
  // Inner calls stand behind those around them.
  const layers = new Map<ModuleCall, number>();
  for (const call of calls.toReversed()) {
    const below = (children.get(call) ?? []).reduce((sum, one) => sum + (layers.get(one) ?? 0), 0);
    layers.set(call, below + (hasWeight(call) ? 1 : 0));
  }
  const isBlock = (call: ModuleCall) => children.has(call) && (layers.get(call) as number) > 1;
  const open = new Set<ModuleCall>();
  for (const [call, inner] of children) {
    const laid = inner.flatMap((one) =>
      one.kind === "sequential" ? (children.get(one) ?? []) : one,
    );
    const repeats = laid.some(
      (one, i) =>
        isBlock(one) && i > 0 && one.kind === laid[i - 1].kind && follows(one, laid[i - 1]),
    );
    if (!call.parent || call.kind === "sequential" || repeats || !isBlock(call)) open.add(call);
  }
  return (call) => open.has(call);
}

const follows = ({ inputs }: ModuleCall, { output }: ModuleCall): boolean =>
  inputs.length === 1 && inputs[0].node === output?.node;

/** Biases and norms are no layers of their own. */
const hasWeight = ({ module }: ModuleCall): boolean =>
  [...(module as AnyModule).ownStates.values()].some(
    ({ kind, parameter }) => kind === "parameter" && parameter.shape.length > 1,
  );
