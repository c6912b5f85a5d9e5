/**
 * Bias, activation and residual after a contraction are applied to its sums right after they are stored,
 * instead of in a pass of their own: follow single readers for as long as they are pointwise.
 */
import type { Graph, Node } from "../graph/node.ts";
import { layoutOf } from "./layout.ts";

/** Kernels that can finish their sums with an expression, when the batch is in the lanes. */
const FINISHERS = new Set(["conv2d", "conv2dInputGrad", "matmul"]);

/** From the tensor that is stored at the end of a chain to the contraction at its start. */
export function findEpilogues(
  contractions: readonly Node[],
  { ops }: Graph,
  readers: ReadonlyMap<Node, readonly Node[]>,
  memory: ReadonlySet<Node>,
  kept: ReadonlySet<Node>,
): Map<Node, Node> {
  const ends = new Map<Node, Node>();
  for (const core of contractions) {
    if (!FINISHERS.has(core.op) || !layoutOf(core).lanes || kept.has(core)) continue;
    if (core.inputs[1].batched) continue; // no shared weights: tiles of another kind, with nothing to finish them
    let end = core;
    do {
      const next = readers.get(end) as readonly Node[];
      const aligned =
        next.length === 1 &&
        ops[next[0].op]?.pointwise === true &&
        next[0].shape.join() === core.shape.join() &&
        next[0].batched === core.batched;
      if (!aligned) break;
      end = next[0];
    } while (!memory.has(end));
    if (end !== core && memory.has(end)) ends.set(end, core);
  }
  return ends;
}
