/**
 * Updates of states that a forward pass makes before anyone knows whether the step is good: the running
 * statistics of batch normalisation. An optimiser turns them into `where(finite, new, old)`, so that a bad
 * step leaves no trace.
 */
import type { Builder } from "../graph/builder.ts";
import type { StateRef } from "../graph/node.ts";
import type { Tensor } from "../graph/tensor.ts";

/** Per trace: the value that each state had before its unguarded updates. It lives as long as its builder. */
const pending = new WeakMap<Builder, Map<StateRef, Tensor>>();

/** Updates a state, remembering what it was until `guardUpdates`; no gradient flows through it. */
export function recordUpdate(builder: Builder, ref: StateRef, value: Tensor): void {
  let before = pending.get(builder);
  if (!before) {
    before = new Map();
    pending.set(builder, before);
  }
  if (!before.has(ref)) before.set(ref, builder.state(ref));
  builder.update(ref, builder.apply("stopGradient", [value]));
}

/** Lets the updates recorded so far in this trace happen only where `good`, a scalar bool, holds. */
export function guardUpdates(builder: Builder, good: Tensor): void {
  for (const [ref, old] of pending.get(builder) ?? []) {
    builder.update(ref, good.where(builder.state(ref), old));
  }
  pending.delete(builder);
}

/** Runs `body` and takes back the updates it recorded: for a second forward pass of one step. */
export function withoutUpdates<T>(builder: Builder, body: () => T): T {
  const outer = pending.get(builder);
  pending.delete(builder);
  const result = body();
  for (const [ref, old] of pending.get(builder) ?? []) builder.update(ref, old);
  pending.delete(builder);
  if (outer) pending.set(builder, outer);
  return result;
}
