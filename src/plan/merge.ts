/**
 * Kernels with the same loops that read the same tensors become one: the sums of a batch norm's gradient,
 * the moments and the new weight of an optimiser.
 */
import { sizeOf } from "../core/shape.ts";
import type { Element, Index } from "../graph/lower.ts";
import type { Node } from "../graph/node.ts";
import { copyElement, walkElements } from "../loops/lowering.ts";
import { type Kernel, type LoopKernel, outputsOf } from "./kernel.ts";

/** Results of one loop nest, beyond which its accumulators no longer fit the registers. */
const MAX_MERGED = 4;

export function mergeKernels(kernels: readonly Kernel[]): Kernel[] {
  const merged: Kernel[] = [];
  /** Position in `merged` after which each node has its value. */
  const made = new Map<Node, number>();
  for (const kernel of kernels) {
    const after = Math.max(-1, ...kernel.reads.map((node) => made.get(node) ?? -1));
    let place = -1;
    if (kernel.kind === "loop") {
      for (let i = merged.length - 1; i > after; i--) {
        const other = merged[i];
        if (other.kind === "loop" && mergeable(other, kernel)) {
          place = i;
          break;
        }
      }
    }
    if (place >= 0) merged[place] = union(merged[place] as LoopKernel, kernel as LoopKernel);
    else place = merged.push(kernel) - 1;
    for (const node of outputsOf(kernel)) made.set(node, place);
  }
  return merged;
}

function mergeable(a: LoopKernel, b: LoopKernel): boolean {
  const [x, y] = [a.nodes[0], b.nodes[0]];
  if (a.nodes.length >= MAX_MERGED) return false;
  if (x.shape.join() !== y.shape.join() || x.batched !== y.batched) return false;
  if (reductionKey(a) !== reductionKey(b)) return false;
  return b.reads.some(
    (node) => node.shape.length > 0 && sizeOf(node.shape) > 1 && a.reads.includes(node),
  );
}

/** Extents of the outermost reductions; kernels merge only when these agree. */
function reductionKey(kernel: LoopKernel): string {
  const keys = new Set<string>();
  walkElements(kernel.values, (e) => {
    if (e.kind !== "reduce") return;
    keys.add(extentsKey(e.vars));
  });
  return [...keys].sort().join("|");
}

const extentsKey = (vars: readonly Index[]): string =>
  vars.map((v) => (v.kind === "var" ? `${v.batch ? "b" : ""}${v.extent}` : "")).join();

function union(a: LoopKernel, b: LoopKernel): LoopKernel {
  const copy = rebuild(b, a);
  return {
    ...a,
    nodes: [...a.nodes, ...b.nodes],
    values: [...a.values, ...copy],
    reads: [...new Set([...a.reads, ...b.reads])],
  };
}

/** The expressions of one kernel in the variables of another; equal reductions share their loops. */
function rebuild(kernel: LoopKernel, into: LoopKernel): Element[] {
  const indexes = new Map<number, Index>();
  const bind = (from: readonly Index[], to: readonly Index[]): void =>
    from.forEach((v, i) => {
      if (v.kind === "var") indexes.set(v.id, to[i]);
    });
  bind(kernel.vars, into.vars);
  if (kernel.builder.batch) bind([kernel.builder.batch], [into.builder.batch]);
  const loops = new Map<string, readonly Index[]>();
  walkElements(into.values, (e) => {
    if (e.kind === "reduce") loops.set(extentsKey(e.vars), e.vars);
  });
  walkElements(kernel.values, (e) => {
    if (e.kind === "reduce") bind(e.vars, loops.get(extentsKey(e.vars)) as readonly Index[]);
  });
  return kernel.values.map((value) => copyElement(value, into.builder, indexes));
}
