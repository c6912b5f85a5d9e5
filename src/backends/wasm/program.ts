/**
 * From a graph to the bytes of a WebAssembly module: expand composites, decide the kernels, order their steps
 * into phases, place everything in one arena, emit. All addresses are constants of the code.
 *
 * The module exports `run(thread, threads, images)`; every thread calls it and they meet at barriers.
 */
import { ConvkitError } from "../../core/error.ts";
import { type Graph, liveNodes, type Node, type TensorType } from "../../graph/node.ts";
import { walkElements } from "../../loops/lowering.ts";
import { expand } from "../../passes/expand.ts";
import { placeInArena } from "../../plan/arena.ts";
import { type Kernel, type LoopKernel, outputsOf } from "../../plan/kernel.ts";
import { planKernels } from "../../plan/kernels.ts";
import {
  blocksOf,
  isRowMajor,
  LANES,
  type Layout,
  layoutOf,
  MIN_LANES_BATCH,
} from "../../plan/layout.ts";
import { assignPhases } from "../../plan/phases.ts";
import {
  br_if,
  type Code,
  call,
  i32,
  if_,
  loop,
  type MemoryImport,
  ModuleWriter,
  ptrOps,
} from "./assembler.ts";
import { emitLoopKernel } from "./emit-loops.ts";
import { emitCopy, emitInput } from "./kernels/copy.ts";
import { emitSpecial, isSpecial } from "./kernels/special.ts";
import { MathLibrary } from "./math.ts";
import type { KernelStep, Place, Target } from "./target.ts";

export interface CompileOptions {
  readonly memory: MemoryImport;
  readonly threads: number;
  readonly relaxed: boolean;
  readonly tileVectors: 2 | 4;
  /** Reserves memory for the program's lifetime. */
  allocate(bytes: number): number;
  stateAddress(slot: number): number;
  /** Where the code goes; a new module by default. */
  readonly writer?: ModuleWriter;
  /** Adds the barrier's function (threads: i32) to a module. */
  emitBarrier(writer: ModuleWriter): number;
}

export interface PlacedTensor {
  readonly address: number;
  readonly layout: Layout;
  readonly type: TensorType;
}

export interface ProgramCode {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Host values go here row-major. */
  readonly inputs: readonly PlacedTensor[];
  readonly outputs: readonly PlacedTensor[];
  /** Lane masks and, at COUNT_OFFSET, the number of images as an f32; the device writes them. */
  readonly headerAddress: number;
  readonly arenaBytes: number;
  readonly kernels: number;
  readonly phases: number;
  /** `run` with no images must come first, and again when a state has changed. */
  readonly prepares: boolean;
  /** What each step computes, by phase: for reports. */
  readonly schedule: readonly string[];
}

/** Sixteen words of ones, sixteen of zeros, then the image count. */
const HEADER_BYTES = 192;
export const COUNT_OFFSET = 128;

export function compileProgram(source: Graph, options: CompileOptions): ProgramCode {
  const graph = expand(source);
  const kernels = planKernels(graph, isSpecial);
  const live = new Set(liveNodes(graph));
  const places = new Map<number, Place>();
  const addresses = new Map<number, number>();
  for (const node of graph.nodes) places.set(node.id, { layout: layoutOf(node), type: node });
  let nextId = -1;
  const writer = options.writer ?? new ModuleWriter({ memory: options.memory });
  const barrier = options.emitBarrier(writer);
  const pointer = ptrOps(options.memory.is64);
  let header = 0;
  const later = (value: () => number): Code => ({
    encode: (sink) => sink.write(pointer.const(value())),
  });
  const target: Target = {
    writer,
    math: new MathLibrary(writer),
    pointer,
    relaxed: options.relaxed,
    tileVectors: options.tileVectors,
    threads: options.threads,
    maskEnd: later(() => header + 64),
    place(id) {
      const place = places.get(id);
      if (!place) throw new ConvkitError("wasm", `tensor ${id} has no place — a bug in the plan`);
      return place;
    },
    address: (id, bytes = 0) => later(() => addressOf(id) + bytes),
    temporary(place) {
      places.set(nextId, place);
      return nextId--;
    },
  };
  const addressOf = (id: number): number => {
    const address = addresses.get(id);
    if (address === undefined) {
      throw new ConvkitError("wasm", `tensor ${id} has no address — a bug in the plan`);
    }
    return address;
  };

  const steps: KernelStep[] = [];
  // Inputs arrive row-major; where the layout differs a first kernel puts them in place.
  const rawInputs = graph.inputs.map((node) => {
    const layout = layoutOf(node);
    if (!live.has(node) || isRowMajor(node.shape, layout)) return node.id;
    const raw = target.temporary({ layout: rowMajor(node), type: node });
    steps.push(emitInput(target, raw, node.id));
    return raw;
  });
  const stateNode = new Map<number, Node>();
  for (const node of graph.nodes) {
    if (node.op !== "state") continue;
    stateNode.set(node.attrs.slot as number, node);
    addresses.set(node.id, options.stateAddress(node.attrs.slot as number));
  }
  const inPlace = updatesInPlace(graph, kernels, stateNode);
  for (const kernel of kernels) {
    for (const step of kernel.kind === "loop"
      ? emitLoopKernel(target, kernel)
      : emitSpecial(target, kernel)) {
      const states = step.writes.flatMap((id) => inPlace.get(id)?.id ?? []);
      steps.push({ ...step, writes: [...step.writes, ...states] });
    }
  }
  for (const [id, state] of inPlace) addresses.set(id, addressOf(state.id));
  for (const { slot, value } of graph.updates) {
    const state = stateNode.get(slot) as Node;
    if (inPlace.get(value.id) !== state) steps.push(emitCopy(target, value.id, state.id));
  }

  const bytesOf = (id: number): number =>
    addresses.has(id) ? 0 : target.place(id).layout.size * 4;
  const [constant, varying] = separate(steps, constantStates(graph, stateNode));
  const preparation = inPhases(constant, bytesOf);
  const main = inPhases(varying, bytesOf);
  const phaseCount = main.length;
  const alive = lifetimesOf(main);
  for (const id of constant.flatMap((step) => step.writes)) {
    alive.set(id, { first: -1, last: phaseCount });
  }
  for (const id of rawInputs) alive.set(id, { first: -1, last: alive.get(id)?.last ?? -1 });
  for (const node of graph.outputs) {
    alive.set(node.id, { first: alive.get(node.id)?.first ?? -1, last: phaseCount });
  }
  const count = graph.nodes.find((node) => node.op === "count");
  if (count) alive.delete(count.id);
  const inArena = [...alive].filter(([id]) => !addresses.has(id));
  // Room behind each tensor for a last vector that is read whole.
  const arena = placeInArena(inArena.map(([id, life]) => ({ bytes: bytesOf(id) + 64, ...life })));
  const scratchBytes = Math.ceil(Math.max(0, ...steps.map((step) => step.scratch ?? 0)) / 64) * 64;
  const arenaBytes = HEADER_BYTES + arena.bytes + scratchBytes * options.threads;
  header = options.allocate(arenaBytes);
  inArena.forEach(([id], i) => {
    addresses.set(id, header + HEADER_BYTES + arena.offsets[i]);
  });
  if (count) addresses.set(count.id, header + COUNT_OFFSET);

  const scratchBase = header + HEADER_BYTES + arena.bytes;
  emitRun(target, preparation, main, { barrier, scratchBase, scratchBytes });
  const placed = (id: number): PlacedTensor => ({
    address: addressOf(id),
    layout: target.place(id).layout,
    type: target.place(id).type,
  });
  return {
    bytes: writer.bytes(),
    inputs: rawInputs.map(placed),
    outputs: graph.outputs.map((node) => placed(node.id)),
    headerAddress: header,
    arenaBytes,
    kernels: steps.length,
    phases: phaseCount,
    prepares: constant.length > 0,
    schedule: [
      ...preparation.flatMap((phase) => phase.map((step) => describe("once", step))),
      ...main.flatMap((phase, i) => phase.map((step) => describe(String(i), step))),
    ],
  };
}

const describe = (phase: string, { split, chunks, label }: KernelStep): string =>
  `${phase} ${split}×${chunks} ${label}`;

/** States that the program reads and never writes. */
function constantStates(graph: Graph, stateNode: ReadonlyMap<number, Node>): Set<number> {
  const updated = new Set(graph.updates.map(({ slot }) => slot));
  return new Set([...stateNode].filter(([slot]) => !updated.has(slot)).map(([, node]) => node.id));
}

/** Steps that depend on constant states alone run once and again after a state changed: packed weights. */
function separate(
  steps: readonly KernelStep[],
  known: Set<number>,
): [constant: KernelStep[], varying: KernelStep[]] {
  const constant: KernelStep[] = [];
  const varying: KernelStep[] = [];
  for (const step of steps) {
    const fixed = step.reads.length > 0 && step.reads.every((id) => known.has(id));
    if (fixed) for (const id of step.writes) known.add(id);
    (fixed ? constant : varying).push(step);
  }
  return [constant, varying];
}

function inPhases(steps: readonly KernelStep[], bytesOf: (id: number) => number): KernelStep[][] {
  const phases: KernelStep[][] = [];
  assignPhases(steps, bytesOf).forEach((phase, i) => {
    while (phases.length <= phase) phases.push([]);
    phases[phase].push(steps[i]);
  });
  return phases;
}

/** From the phase that writes a tensor to the last that reads it. */
function lifetimesOf(
  phases: readonly (readonly KernelStep[])[],
): Map<number, { first: number; last: number }> {
  const alive = new Map<number, { first: number; last: number }>();
  phases.forEach((steps, phase) => {
    for (const id of steps.flatMap((step) => [...step.reads, ...step.writes])) {
      const life = alive.get(id);
      if (!life) alive.set(id, { first: phase, last: phase });
      else life.last = phase;
    }
  });
  return alive;
}

function rowMajor(type: TensorType): Layout {
  const strides = new Array<number>(type.shape.length).fill(1);
  for (let axis = type.shape.length - 2; axis >= 0; axis--) {
    strides[axis] = strides[axis + 1] * type.shape[axis + 1];
  }
  // The last block may be partly filled; reading it whole must stay inside.
  const images = type.batched && type.shape[0] >= MIN_LANES_BATCH;
  const rows = images ? blocksOf(type.shape[0]) * LANES : type.shape[0];
  const size = type.shape.length === 0 ? 1 : strides[0] * rows;
  return { lanes: false, order: type.shape.map((_, i) => i), strides, size };
}

/**
 * Updates whose new value may be written over the old one: a loop kernel makes it, element by element at the
 * same place, and no later kernel reads the old value.
 */
function updatesInPlace(
  graph: Graph,
  kernels: readonly Kernel[],
  stateNode: ReadonlyMap<number, Node>,
): Map<number, Node> {
  const inPlace = new Map<number, Node>();
  const position = new Map<Node, number>();
  kernels.forEach((kernel, i) => {
    for (const node of outputsOf(kernel)) position.set(node, i);
  });
  for (const { slot, value } of graph.updates) {
    const at = position.get(value);
    const state = stateNode.get(slot) as Node;
    if (at === undefined || inPlace.has(value.id) || graph.outputs.includes(value)) continue;
    if (graph.outputs.includes(state)) continue;
    const kernel = kernels[at];
    if (kernel.kind !== "loop" || !readsInPlace(kernel, state)) continue;
    if (kernels.some((other, i) => i > at && other.reads.includes(state))) continue;
    inPlace.set(value.id, state);
  }
  return inPlace;
}

/** The kernel reads the tensor, if at all, only where it writes. */
function readsInPlace(kernel: LoopKernel, tensor: Node): boolean {
  let fine = true;
  walkElements(kernel.values, (e) => {
    if (e.kind !== "load" || e.tensor !== tensor.id) return;
    fine &&= e.at.every((i, axis) => i === kernel.vars[axis] || tensor.shape[axis] === 1);
    fine &&= e.at.length === kernel.vars.length;
  });
  return fine;
}

interface RunPlan {
  readonly barrier: number;
  readonly scratchBase: number;
  readonly scratchBytes: number;
}

/**
 * run(thread, threads, images): phase by phase, each thread its share of the chunks. With no images it
 * prepares what depends on constant states alone.
 */
function emitRun(
  target: Target,
  preparation: readonly (readonly KernelStep[])[],
  main: readonly (readonly KernelStep[])[],
  plan: RunPlan,
): void {
  const { pointer, writer } = target;
  const functionsOf = (phases: readonly (readonly KernelStep[])[], name: string): number[] =>
    phases.map((steps, i) => emitPhase(target, steps, `${name} ${i}`));
  const once = functionsOf(preparation, "prepare");
  const each = functionsOf(main, "phase");
  writer.func("run", ["i32", "i32", "i32"], [], (fn) => {
    const [thread, threads, images] = [0, 1, 2].map((i) => fn.param(i));
    const scratch = fn.local(pointer.type);
    const share = pointer.mul(pointer.from32(thread.get()), pointer.const(plan.scratchBytes));
    const all = (phases: readonly number[]): Code =>
      phases.map((phase, i) => [
        i > 0 ? call(plan.barrier, threads.get()) : [],
        call(phase, thread.get(), threads.get(), images.get(), scratch.get()),
      ]);
    return [
      scratch.set(pointer.add(pointer.const(plan.scratchBase), share)),
      if_(images.get(), all(each), all(once)),
    ];
  });
}

/** A phase is a function of its own, so that the engine compiles and optimises it by itself. */
function emitPhase(target: Target, steps: readonly KernelStep[], label: string): number {
  const { pointer, writer } = target;
  return writer.func(
    undefined,
    ["i32", "i32", "i32", pointer.type],
    [],
    (fn) => {
      const [thread, threads, images, scratch] = [0, 1, 2, 3].map((i) => fn.param(i));
      const run = (step: KernelStep, chunk: Code): Code =>
        call(step.func, chunk, images.get(), scratch.get());
      const split = (chunks: Code, body: (chunk: Code) => Code): Code => {
        const [at, end] = fn.locals("i32", 2);
        const share = (who: Code): Code => i32.div_u(i32.mul(who, chunks), threads.get());
        return [
          at.set(share(thread.get())),
          end.set(share(i32.add(thread.get(), i32.const(1)))),
          if_(
            i32.lt_u(at.get(), end.get()),
            loop([
              body(at.get()),
              br_if(0, i32.lt_u(at.tee(i32.add(at.get(), i32.const(1))), end.get())),
            ]),
          ),
        ];
      };
      const blocks = i32.shr_u(i32.add(images.get(), i32.const(LANES - 1)), i32.const(4));
      const chained = steps.filter((step) => step.split === "block");
      const single = steps.filter((step) => step.split === "single");
      const ranges = steps.filter((step) => step.split === "range" && step.chunks > 0);
      return [
        chained.length ? split(blocks, (chunk) => chained.map((step) => run(step, chunk))) : [],
        ranges.map((step) => split(i32.const(step.chunks), (chunk) => run(step, chunk))),
        single.length
          ? if_(
              i32.eqz(thread.get()),
              single.map((step) => run(step, i32.const(0))),
            )
          : [],
      ];
    },
    label,
  );
}
