/**
 * Decides what is computed together. A tensor either gets memory, or stands inside the expressions of those
 * who read it (fusion by substitution). It gets memory when a hand-written kernel reads or makes it, when it
 * sums over more than its readers do, or when recomputing it would cost more than a store and a load.
 */
import { ConvkitError } from "../core/error.ts";
import { sizeOf } from "../core/shape.ts";
import type { Access, Element, Index } from "../graph/lower.ts";
import type { Graph, Node } from "../graph/node.ts";
import { liveNodes } from "../graph/node.ts";
import type { OpTable } from "../graph/op.ts";
import { copyElement, ElementBuilder, partsOf, walkElements } from "../loops/lowering.ts";
import { layoutOf } from "./layout.ts";

/** One loop nest that computes one or several tensors of one shape. */
export interface LoopKernel {
  readonly kind: "loop";
  readonly nodes: readonly Node[];
  readonly values: readonly Element[];
  /** Loop variables by logical axis of the result. */
  readonly vars: readonly Index[];
  readonly builder: ElementBuilder;
  /** Tensors with memory that the expressions load. */
  readonly reads: readonly Node[];
}

/** A node that a hand-written kernel computes, with the pointwise work on its result that rides along. */
export interface SpecialKernel {
  readonly kind: "special";
  /** The contraction itself. */
  readonly core: Node;
  /** The tensor that is stored: `core`, or the end of its epilogue. */
  readonly node: Node;
  /** The stored element from the core's element (a load of `core` at the same place) and other loads. */
  readonly value: Element | undefined;
  readonly vars: readonly Index[];
  readonly builder: ElementBuilder;
  readonly reads: readonly Node[];
}

export type Kernel = LoopKernel | SpecialKernel;

export const outputsOf = (kernel: Kernel): readonly Node[] =>
  kernel.kind === "loop" ? kernel.nodes : [kernel.node];

const LEAVES = new Set(["input", "state"]);
const FREE = new Set(["constant", "count"]);
/** Rough cost in cycles of one element; one where not named. */
const COST: Readonly<Record<string, number>> = {
  div: 4,
  sqrt: 5,
  exp: 14,
  log: 16,
  tanh: 18,
  erf: 20,
  sigmoid: 18,
  softplus: 32,
  pow: 40,
  sin: 20,
  cos: 20,
};

interface Probe {
  /** Sums over something, so it is not recomputed inside other loops. */
  readonly reduces: boolean;
  readonly cost: number;
  /** How often one element of the result reads an element of each input. */
  readonly reads: number[];
  /** Inputs read at an index that only run time knows. */
  readonly gathers: boolean[];
}

export function planKernels(
  graph: Graph,
  ops: OpTable,
  /** Nodes that hand-written kernels compute. */
  isSpecial: (node: Node) => boolean,
): Kernel[] {
  const nodes = liveNodes(graph);
  const readers = new Map<Node, Node[]>(nodes.map((node) => [node, []]));
  for (const node of nodes) for (const input of node.inputs) readers.get(input)?.push(node);
  const kept = new Set<Node>(graph.outputs);
  for (const update of graph.updates) kept.add(update.value);

  const probes = new Map<Node, Probe>();
  for (const node of nodes) {
    if (LEAVES.has(node.op) || FREE.has(node.op) || isSpecial(node)) continue;
    probes.set(node, probe(node, graph, ops));
  }

  const memory = new Set<Node>();
  const uses = new Map<Node, number>();
  const reducing = new Set<Node>();
  const inlineCost = new Map<Node, number>();
  for (const node of [...nodes].reverse()) {
    // Readers come later in the order, so whether they have memory is already known.
    if (LEAVES.has(node.op) || isSpecial(node) || kept.has(node)) memory.add(node);
    else if (FREE.has(node.op)) continue;
    else {
      const own = probes.get(node) as Probe;
      let times = 0;
      let must = false;
      for (const reader of new Set(readers.get(node))) {
        const theirs = probes.get(reader);
        if (!theirs)
          must = true; // a hand-written kernel reads memory
        else {
          reader.inputs.forEach((input, i) => {
            if (input !== node) return;
            if (theirs.gathers[i]) must = true;
            times += theirs.reads[i] * (sizeOf(reader.shape) / Math.max(1, sizeOf(node.shape)));
          });
        }
      }
      uses.set(node, times);
      if (must || own.cost * (times - 1) > 4 + times) memory.add(node);
    }
  }
  // A chain of cheap nodes is no longer cheap as a whole: give memory where the sum grows too large.
  for (const node of nodes) {
    if (memory.has(node) || FREE.has(node.op)) continue;
    const own = probes.get(node) as Probe;
    const inlined = node.inputs.filter((input) => !memory.has(input));
    const cost = own.cost + inlined.reduce((sum, input) => sum + (inlineCost.get(input) ?? 0), 0);
    const followers = readers.get(node) as Node[];
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
    if (times > 1 && cost * (times - 1) > 6 + 2 * times) {
      memory.add(node);
    }
    inlineCost.set(node, cost);
  }

  const absorbed = absorbEpilogues(nodes, readers, memory, probes, kept, isSpecial);
  const kernels: Kernel[] = [];
  for (const node of nodes) {
    if (!memory.has(node) || LEAVES.has(node.op)) continue;
    if (absorbed.cores.has(node)) continue;
    const core = absorbed.ends.get(node) ?? (isSpecial(node) ? node : undefined);
    kernels.push(
      core ? specialKernel(core, node, graph, ops, memory) : loopKernel(node, graph, ops, memory),
    );
  }
  return mergeKernels(kernels);
}

/** Reads the shape of an op's rule without fusing anything. */
function probe(node: Node, graph: Graph, ops: OpTable): Probe {
  const builder = new ElementBuilder(graph.batch);
  const vars = variablesOf(node, builder);
  const seen = node.inputs.map(() => new Set<Element>());
  const gathers = node.inputs.map(() => false);
  const inputs = node.inputs.map((input, i) => ({
    ...input,
    at: (...index: (Index | Element)[]) => {
      if (index.some((at) => "dtype" in at)) gathers[i] = true;
      const element = builder.load(i, input.dtype, index);
      seen[i].add(element);
      return element;
    },
  }));
  const value = ruleOf(node, ops)(builder, inputs, node.attrs, vars, node);
  let reduces = false;
  let cost = 0;
  const loops = new Map<Element, number>();
  // A load inside a reduction happens once per round of the loops around it.
  const walk = (e: Element, rounds: number): void => {
    const known = loops.get(e) ?? 0;
    if (known >= rounds) return;
    loops.set(e, rounds);
    let inner = rounds;
    if (e.kind === "reduce") {
      reduces = true;
      inner *= e.vars.reduce((n, v) => n * (v.kind === "var" ? v.extent : 1), 1);
    }
    if (e.kind !== "const")
      cost += e.kind === "unary" || e.kind === "binary" ? (COST[e.fn] ?? 1) : 1;
    for (const part of partsOf(e)) walk(part, inner);
  };
  walk(value, 1);
  const reads = seen.map((loads) => [...loads].reduce((n, load) => n + (loops.get(load) ?? 1), 0));
  return { reduces, cost, reads, gathers };
}

function ruleOf(node: Node, ops: OpTable) {
  const lower = ops[node.op]?.lower;
  if (!lower) throw new ConvkitError(node.op, "the op has neither a lowering nor a kernel");
  return lower;
}

function variablesOf(node: Node, builder: ElementBuilder): Index[] {
  return node.shape.map((dim, axis) => {
    if (axis === 0 && node.batched) return builder.batch;
    return dim === 1 ? builder.i(0) : builder.variable(dim);
  });
}

/** The expression of one element of `node`, with tensors that have no memory written out. */
class Fuser {
  readonly reads = new Set<Node>();
  readonly builder: ElementBuilder;
  readonly ops: OpTable;
  readonly memory: ReadonlySet<Node>;
  readonly #done = new Map<string, Element>();

  constructor(builder: ElementBuilder, ops: OpTable, memory: ReadonlySet<Node>) {
    this.builder = builder;
    this.ops = ops;
    this.memory = memory;
  }

  element(node: Node, index: readonly Index[]): Element {
    const inputs = node.inputs.map((input) => this.access(input));
    return ruleOf(node, this.ops)(this.builder, inputs, node.attrs, index, node);
  }

  access(node: Node): Access {
    const { shape, dtype, batched } = node;
    return {
      shape,
      dtype,
      batched,
      at: (...index) => {
        if (node.op === "constant") return this.builder.constant(Number(node.attrs.value), dtype);
        if (this.memory.has(node) || node.op === "count") {
          this.reads.add(node);
          return this.builder.load(node.id, dtype, index);
        }
        const key = JSON.stringify([node.id, index]);
        let element = this.#done.get(key);
        if (!element) {
          element = this.element(node, index as Index[]);
          this.#done.set(key, element);
        }
        return element;
      },
    };
  }
}

function loopKernel(node: Node, graph: Graph, ops: OpTable, memory: Set<Node>): LoopKernel {
  const builder = new ElementBuilder(graph.batch);
  const vars = variablesOf(node, builder);
  const fuser = new Fuser(builder, ops, memory);
  const value =
    node.op === "constant" || node.op === "count"
      ? fuser.access(node).at(...vars)
      : fuser.element(node, vars);
  return { kind: "loop", nodes: [node], values: [value], vars, builder, reads: [...fuser.reads] };
}

function specialKernel(
  core: Node,
  node: Node,
  graph: Graph,
  ops: OpTable,
  memory: Set<Node>,
): SpecialKernel {
  const builder = new ElementBuilder(graph.batch);
  const vars = variablesOf(node, builder);
  const fuser = new Fuser(builder, ops, memory);
  const value = core === node ? undefined : fuser.element(node, vars);
  const reads = new Set([...core.inputs, ...fuser.reads]);
  reads.delete(core);
  return { kind: "special", core, node, value, vars, builder, reads: [...reads] };
}

/**
 * Bias, activation and residual after a contraction are applied to the accumulators before they are stored:
 * follow single readers of the same shape for as long as they are pointwise.
 */
function absorbEpilogues(
  nodes: readonly Node[],
  readers: ReadonlyMap<Node, Node[]>,
  memory: Set<Node>,
  probes: ReadonlyMap<Node, Probe>,
  kept: ReadonlySet<Node>,
  isSpecial: (node: Node) => boolean,
) {
  const cores = new Set<Node>();
  const ends = new Map<Node, Node>();
  for (const core of nodes) {
    const fits = EPILOGUES.has(core.op) && layoutOf(core).lanes;
    if (!fits || kept.has(core) || !isSpecial(core)) continue;
    const chain: Node[] = [core];
    for (;;) {
      const last = chain[chain.length - 1];
      if (last !== core && memory.has(last)) break;
      const next = readers.get(last) as Node[];
      if (next.length !== 1 || !probes.has(next[0])) break;
      const reader = next[0];
      const { reduces, gathers } = probes.get(reader) as Probe;
      const aligned = reader.shape.join() === core.shape.join() && reader.batched === core.batched;
      if (reduces || !aligned || gathers.some(Boolean) || MOVES.has(reader.op)) break;
      chain.push(reader);
    }
    // The last one of the chain that has memory anyway is where the accumulators go.
    const end = chain.findLast((node) => memory.has(node));
    if (end && end !== core) {
      cores.add(core);
      ends.set(end, core);
    }
  }
  return { cores, ends };
}

/** Kernels that can finish their accumulators with an expression. */
const EPILOGUES = new Set(["conv2d", "conv2dInputGrad", "matmul"]);
/** Same shape, but another place: not pointwise. */
const MOVES = new Set([
  "transpose",
  "flip",
  "reshape",
  "gather",
  "scatterAdd",
  "slice",
  "pad",
  "broadcastTo",
]);

/**
 * Kernels with the same loops that read the same tensors become one: the sums of a batch norm's gradient,
 * the moments and the new weight of an optimiser.
 */
function mergeKernels(kernels: readonly Kernel[]): Kernel[] {
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

const MAX_MERGED = 4;

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
