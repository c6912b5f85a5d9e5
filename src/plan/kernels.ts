/**
 * Decides what is computed together. A tensor either gets memory, or stands inside the expressions of those
 * who read it. It gets memory when a hand-written kernel reads or makes it, when it sums over more than its
 * readers do, or when recomputing it would cost more than a store and a load.
 */
import { sizeOf } from "../core/shape.ts";
import { type Graph, liveNodes, type Node } from "../graph/node.ts";
import { findEpilogues } from "./epilogues.ts";
import { loopKernel, specialKernel } from "./fuse.ts";
import { isFree, isLeaf, type Kernel } from "./kernel.ts";
import { mergeKernels } from "./merge.ts";
import { type Probe, probe } from "./probe.ts";

/** `isSpecial` tells the nodes that hand-written kernels compute. */
export function planKernels(graph: Graph, isSpecial: (node: Node) => boolean): Kernel[] {
  const nodes = liveNodes(graph);
  const contractions = nodes.filter(isSpecial);
  const readers = new Map<Node, Node[]>(nodes.map((node) => [node, []]));
  for (const node of nodes) for (const input of node.inputs) readers.get(input)?.push(node);
  const kept = new Set<Node>([...graph.outputs, ...graph.updates.map(({ value }) => value)]);
  const fixed = new Set<Node>([...kept, ...contractions, ...nodes.filter(isLeaf)]);
  const probes = new Map<Node, Probe>();
  // Equal blocks of a network ask the same of their inputs.
  const known = new Map<string, Probe>();
  for (const node of nodes) {
    if (isLeaf(node) || isFree(node) || isSpecial(node)) continue;
    const key = [node, ...node.inputs].map(typeOf).join() + node.op + JSON.stringify(node.attrs);
    const found = known.get(key) ?? probe(node, graph);
    known.set(key, found);
    probes.set(node, found);
  }
  const memory = chooseMemory(nodes, readers, probes, fixed);
  const ends = findEpilogues(contractions, graph, readers, memory, kept);
  const absorbed = new Set(ends.values());
  const kernels: Kernel[] = [];
  for (const node of nodes) {
    if (!memory.has(node) || isLeaf(node) || absorbed.has(node)) continue;
    const core = ends.get(node) ?? (isSpecial(node) ? node : undefined);
    kernels.push(core ? specialKernel(core, node, graph, memory) : loopKernel(node, graph, memory));
  }
  return mergeKernels(kernels);
}

const typeOf = ({ shape, dtype, batched }: Node): string => `${dtype}[${shape}]${batched}`;

function chooseMemory(
  nodes: readonly Node[],
  readers: ReadonlyMap<Node, readonly Node[]>,
  probes: ReadonlyMap<Node, Probe>,
  fixed: ReadonlySet<Node>,
): Set<Node> {
  const memory = new Set(fixed);
  const uses = new Map<Node, number>();
  for (const node of nodes) {
    const own = probes.get(node);
    if (!own || memory.has(node)) continue;
    const times = timesRead(node, readers.get(node) as readonly Node[], probes);
    uses.set(node, times);
    // Cycles saved against those of a store and a load for each time.
    if (!Number.isFinite(times) || own.cost * (times - 1) > 4 + times) memory.add(node);
  }
  // A chain of cheap nodes is no longer cheap as a whole.
  const reducing = new Set<Node>();
  const inlineCost = new Map<Node, number>();
  for (const node of nodes) {
    const own = probes.get(node);
    if (!own || memory.has(node)) continue;
    const inlined = node.inputs.filter((input) => !memory.has(input));
    const cost = own.cost + inlined.reduce((sum, input) => sum + (inlineCost.get(input) ?? 0), 0);
    const followers = readers.get(node) as readonly Node[];
    // A sum is never computed again inside other loops, nor inside another sum.
    if (own.reduces || inlined.some((input) => reducing.has(input))) {
      const again = (uses.get(node) as number) > 1;
      if (again || followers.some((f) => probes.get(f)?.reduces || f.batched !== node.batched)) {
        memory.add(node);
        continue;
      }
      reducing.add(node);
    }
    const times = followers.length;
    if (times > 1 && cost * (times - 1) > 6 + 2 * times) memory.add(node);
    inlineCost.set(node, cost);
  }
  return memory;
}

/** How often an element would be computed inside its readers; for ever, where a reader needs memory. */
function timesRead(node: Node, readers: readonly Node[], probes: ReadonlyMap<Node, Probe>): number {
  let times = 0;
  for (const reader of new Set(readers)) {
    const theirs = probes.get(reader);
    if (!theirs) return Number.POSITIVE_INFINITY; // a hand-written kernel reads memory
    reader.inputs.forEach((input, i) => {
      if (input !== node) return;
      if (theirs.gathers[i]) times = Number.POSITIVE_INFINITY;
      times += theirs.reads[i] * (sizeOf(reader.shape) / Math.max(1, sizeOf(node.shape)));
    });
  }
  return times;
}
