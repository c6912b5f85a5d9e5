/**
 * Loop kernels as WebAssembly. Three forms, by where the batch lies:
 *
 * - a batched result: one chunk a block of 16 images, lanes = images;
 * - a sum over the images of batched tensors: one chunk a block, whose lanes without an image are masked and
 *   whose lanes are then added into a partial result per block; a second step adds the blocks in order;
 * - no batch in sight: lanes along the innermost axis, chunks of the outermost.
 *
 * The order of every sum is fixed here, by blocks and lanes, never by threads.
 */
import { ConvkitError } from "../../core/error.ts";
import { sizeOf } from "../../core/shape.ts";
import type { Element, Index } from "../../graph/lower.ts";
import type { TensorType } from "../../graph/node.ts";
import { affineOf } from "../../loops/index-expr.ts";
import { copyElement, walkElements } from "../../loops/lowering.ts";
import type { LoopKernel } from "../../plan/kernels.ts";
import { blocksOf, type Layout } from "../../plan/layout.ts";
import { type Code, f32x4, i32, select, v128 } from "./assembler.ts";
import {
  canRunAlongLanes,
  ElementEmitter,
  horizontal,
  type Loop,
  type Stream,
  usesVar,
  type Width,
} from "./emit-element.ts";
import { type KernelStep, kernelFunction, type Place, type Target } from "./target.ts";

type Reduce = Element & { kind: "reduce" };
type Var = Index & { kind: "var" };

/** Elements of work under which a second thread costs more than it brings. */
const WORTH_SPLITTING = 16384;
/** Accumulators that a loop nest should keep at once, in groups of four vectors. */
const MAX_GROUPS = 4;

export function emitLoopKernel(target: Target, kernel: LoopKernel): KernelStep[] {
  const { layout } = target.place(kernel.nodes[0].id);
  const writes = kernel.nodes.map((node) => node.id);
  const reads = kernel.reads.map((node) => node.id);
  const label = labelOf(kernel);
  if (layout.lanes) return [{ ...emitLanes(target, kernel), reads, writes, label }];
  const overBatch = batchReductions(target, kernel);
  if (overBatch.length === 0) return [{ ...emitPlain(target, kernel), reads, writes, label }];
  const partial = perBlock(kernel.nodes[0], layout, (kernel.builder.batch as Var).extent);
  const ids = overBatch.map(() => target.temporary(partial));
  const { step, rest } = emitBlockSums(target, kernel, overBatch, ids);
  return [
    { ...step, reads, writes: ids, label: `${label} by block` },
    { ...emitPlain(target, rest), reads: [...reads, ...ids], writes, label },
  ];
}

/** `sub+mul`, with the shape: for profiles and reports. */
const labelOf = (kernel: LoopKernel): string =>
  `${kernel.nodes.map((node) => node.op).join("+")} ${kernel.nodes[0].shape.join("×")}`;

/** One value per block and element, in the element order of the result. */
export function perBlock(type: TensorType, layout: Layout, capacity: number): Place {
  const blocks = blocksOf(capacity);
  return {
    perBlock: true,
    type: { shape: [blocks, ...type.shape], dtype: type.dtype, batched: false },
    layout: {
      lanes: false,
      order: [0, ...layout.order.map((axis) => axis + 1)],
      strides: [layout.size, ...layout.strides],
      size: layout.size * blocks,
    },
  };
}

type Emitted = Pick<KernelStep, "func" | "split" | "chunks">;

// ————— batched results: lanes are images —————

function emitLanes(target: Target, kernel: LoopKernel): Emitted {
  const { layout, type } = target.place(kernel.nodes[0].id);
  const func = kernelFunction(target, ({ fn, chunk, images }) => {
    const width: Width = { vectors: 4, axis: kernel.builder.batch };
    const emitter = new ElementEmitter(target, fn, { block: chunk, images, width });
    const vars = layout.order.map((axis) => kernel.vars[axis]).filter(isVar);
    mapLoops(emitter, kernel, mergeLoops(emitter, kernel, vars));
    return emitter.statements;
  }, labelOf(kernel));
  return { func, split: "block", chunks: Math.ceil(type.shape[0] / 16) };
}

const isVar = (v: Index): v is Var => v.kind === "var";

/** Loops around the stores of all results of a kernel. */
function mapLoops(emitter: ElementEmitter, kernel: LoopKernel, loops: readonly Loop[]): void {
  emitter.prepare(kernel.values);
  const stores = kernel.nodes.map((node) => storeStream(emitter, kernel, node.id));
  emitter.hoist(kernel.values, loops);
  emitter.scoped(() => {
    emitter.nest(loops, kernel.values, stores, () => {
      emitReductions(emitter, kernel.values);
      // All values before any store: a result may overwrite what another one reads.
      const values = kernel.values.map((value) => {
        const code = emitter.value(value);
        return kernel.values.length > 1 && value.kind !== "const" && !emitter.knows(value)
          ? emitter.keep(value, code)
          : code;
      });
      values.forEach((value, k) => {
        store(emitter, stores[k].pointer.get(), value);
      });
    });
  });
}

/** One result, stored inside loops over the given variables; the others have counters already. */
export function mapStore(
  emitter: ElementEmitter,
  vars: readonly Index[],
  value: Element,
  tensor: number,
  inner: readonly Index[],
): void {
  emitter.prepare([value]);
  const stream = storeStream(emitter, { vars }, tensor);
  // The store's pointer begins where the outer counters stand.
  const { pointer } = emitter.target;
  for (const [id, factor] of stream.terms) {
    const counter = emitter.counters.get(id);
    if (!counter) continue;
    const moved = pointer.mul(pointer.from32(counter.get()), pointer.const(factor * 4));
    emitter.statements.push(stream.pointer.set(pointer.add(stream.pointer.get(), moved)));
  }
  const loops = inner.filter(isVar).map((v) => emitter.loop(v));
  emitter.hoist([value], loops);
  emitter.scoped(() => {
    emitter.nest(loops, [value], [stream], () => {
      store(emitter, stream.pointer.get(), emitter.value(value));
    });
  });
}

function store(emitter: ElementEmitter, pointer: Code, value: readonly Code[]): void {
  if (emitter.width.axis) {
    for (let j = 0; j < emitter.width.vectors; j++) {
      emitter.statements.push(v128.store(pointer, value[j], j * 16));
    }
  } else emitter.statements.push(v128.store32_lane(pointer, value[0], 0, 0));
}

/** A pointer to where the elements of a result go. */
function storeStream(
  emitter: ElementEmitter,
  kernel: { readonly vars: readonly Index[] },
  tensor: number,
): Stream {
  const { target, fn } = emitter;
  const { layout } = target.place(tensor);
  const { pointer } = target;
  const terms = new Map<number, number>();
  kernel.vars.forEach((v, axis) => {
    if (v.kind !== "var" || emitter.merged.has(v.id) || (layout.lanes && axis === 0)) return;
    terms.set(v.id, layout.strides[axis]);
  });
  const local = fn.local(pointer.type);
  let start: Code = target.address(tensor);
  if (layout.lanes && emitter.block) {
    const stride = pointer.const(layout.strides[0] * 4);
    start = pointer.add(start, pointer.mul(pointer.from32(emitter.block.get()), stride));
  }
  emitter.statements.push(local.set(start));
  return { tensor, terms, pointer: local };
}

/** Reductions at the top of the expressions; those over the same loops share one nest. */
function emitReductions(emitter: ElementEmitter, values: readonly Element[]): void {
  const groups = new Map<string, Reduce[]>();
  const seen = new Set<Element>();
  const visit = (e: Element): void => {
    if (seen.has(e) || emitter.knows(e) || e.kind === "guard") return;
    seen.add(e);
    if (e.kind === "reduce") {
      const key = e.vars.map((v) => (v as Var).id).join();
      const group = groups.get(key) ?? [];
      group.push(e);
      groups.set(key, group);
    } else if (e.kind === "unary") visit(e.a);
    else if (e.kind === "binary") {
      visit(e.a);
      visit(e.b);
    } else if (e.kind === "select") {
      visit(e.cond);
      visit(e.a);
      visit(e.b);
    }
  };
  values.forEach(visit);
  for (const group of groups.values()) emitter.reduceTogether(group);
}

/**
 * Neighbouring loops become one where every access steps through both as through one: an activation over
 * H×W×C is a single loop.
 */
function mergeLoops(emitter: ElementEmitter, kernel: LoopKernel, vars: readonly Var[]): Loop[] {
  const strides = kernel.nodes.map((node) => {
    const { layout } = emitter.target.place(node.id);
    const terms = new Map<number, number>();
    kernel.vars.forEach((v, axis) => {
      if (v.kind === "var") terms.set(v.id, layout.strides[axis]);
    });
    return terms;
  });
  const loops: { v: Var; extent: number }[] = [];
  for (const v of vars) {
    const outer = loops.at(-1);
    if (outer && !outer.v.batch && !v.batch) {
      const joins = (terms: ReadonlyMap<number, number>): boolean =>
        (terms.get(outer.v.id) ?? 0) === (terms.get(v.id) ?? 0) * v.extent;
      let fine = strides.every(joins);
      walkElements(kernel.values, (e) => {
        if (!fine) return;
        if (e.kind === "load") {
          const linear = emitter.linear(e);
          fine = linear
            ? joins(linear.terms)
            : !e.at.some((i) => !("dtype" in i) && (usesVar(i, outer.v.id) || usesVar(i, v.id)));
        } else if (e.kind === "index") {
          fine = !usesVar(e.index, outer.v.id) && !usesVar(e.index, v.id);
        } else if (e.kind === "guard") {
          fine = !e.guards.some((g) => usesVar(g.index, outer.v.id) || usesVar(g.index, v.id));
        }
      });
      if (fine) {
        emitter.merged.add(outer.v.id);
        loops.pop();
        loops.push({ v, extent: outer.extent * v.extent });
        continue;
      }
    }
    loops.push({ v, extent: v.extent });
  }
  return loops.map(({ v, extent }) => emitter.loop({ ...v, extent }));
}

// ————— sums over the images —————

/** Reductions that run over the batch of tensors in lanes. */
function batchReductions(target: Target, kernel: LoopKernel): Reduce[] {
  const found = new Set<Reduce>();
  walkElements(kernel.values, (e) => {
    if (e.kind !== "reduce" || !e.vars.some((v) => v.kind === "var" && v.batch)) return;
    let lanes = false;
    walkElements([e.body], (part) => {
      if (part.kind === "load" && target.place(part.tensor).layout.lanes) lanes = true;
    });
    if (lanes) found.add(e);
  });
  for (const e of found) {
    if (e.fn === "argmax" || e.fn === "argmin") {
      throw new ConvkitError(e.fn, "over the batch axis is not supported — reduce another axis");
    }
  }
  return [...found];
}

function emitBlockSums(
  target: Target,
  kernel: LoopKernel,
  reductions: readonly Reduce[],
  ids: readonly number[],
): { step: Emitted; rest: LoopKernel } {
  const node = kernel.nodes[0];
  const { layout } = target.place(node.id);
  const { builder } = kernel;
  const capacity = (builder.batch as Var).extent;
  const vars = layout.order.map((axis) => kernel.vars[axis]).filter(isVar);
  const inner = vars.at(-1);
  const tile = inner ? tileOf(inner.extent, reductions.length) : 1;

  const func = kernelFunction(target, ({ fn, chunk, images }) => {
    const width: Width = { vectors: 4, axis: builder.batch };
    const emitter = new ElementEmitter(target, fn, { block: chunk, images, width });
    // c = c′·tile + u: `tile` results side by side share their loops and their cache lines.
    const outer = inner && builder.variable(inner.extent / tile);
    const copies = Array.from({ length: tile }, (_, u) => {
      const at = outer ? builder.iadd(builder.imul(outer, tile), u) : undefined;
      const map = new Map(inner && at ? [[inner.id, at]] : []);
      return reductions.map((e) => copyElement(e, builder, map) as Reduce);
    });
    const all = copies.flat();
    emitter.prepare(all);
    const loops = vars
      .map((v) => (v === inner ? (outer as Var) : v))
      .filter((v) => v.extent > 1)
      .map((v) => emitter.loop(v));
    if (outer && (outer as Var).extent === 1) {
      const zero = fn.local("i32");
      emitter.counters.set((outer as Var).id, zero);
    }
    const masks = laneMasks(emitter, images, chunk);
    const streams = ids.map((id) => partialStream(emitter, kernel, id, chunk, inner, outer as Var, tile));
    emitter.nest(loops, all, streams, () => {
      emitter.scoped(() => {
        const sums = reduceInGroups(emitter, all);
        all.forEach((e, k) => {
          const masked = sums[k].map((sum, j) => maskLanes(e, sum, masks[j]));
          const sum = horizontal(e.fn, e.dtype, masked, emitter);
          const u = Math.floor(k / reductions.length);
          const stream = streams[k % reductions.length];
          const offset = inner ? u * layout.strides[kernel.vars.indexOf(inner)] * 4 : 0;
          emitter.statements.push(v128.store32_lane(stream.pointer.get(), sum, 0, offset));
        });
      });
    });
    return emitter.statements;
  }, `${labelOf(kernel)} by block`);

  // out = the kernel's expression, each reduction replaced by the sum of its blocks
  const block: Var = { ...(builder.variable(Math.ceil(capacity / 16)) as Var), batch: true };
  const values = kernel.values.map((value) =>
    copyElement(value, builder, new Map(), (e) => {
      const k = reductions.indexOf(e as Reduce);
      if (k < 0) return undefined;
      const load = builder.load(ids[k], e.dtype, [block, ...kernel.vars]);
      return builder.reduceOver((e as Reduce).fn, [block], load);
    }),
  );
  const step: Emitted = { func, split: "block", chunks: Math.ceil(capacity / 16) };
  return { step, rest: { ...kernel, values } };
}

const tileOf = (extent: number, reductions: number): number => {
  const most = Math.max(1, Math.floor(MAX_GROUPS / reductions));
  for (let tile = most; tile > 1; tile--) if (extent % tile === 0) return tile;
  return 1;
};

function reduceInGroups(emitter: ElementEmitter, all: readonly Reduce[]): Code[][] {
  const groups = new Map<string, Reduce[]>();
  for (const e of all) {
    const key = e.vars.map((v) => (v as Var).id).join();
    groups.set(key, [...(groups.get(key) ?? []), e]);
  }
  const sums = new Map<Reduce, Code[]>();
  for (const group of groups.values()) {
    const unique = [...new Set(group)];
    emitter.reduceTogether(unique).forEach((sum, k) => {
      sums.set(unique[k], sum);
    });
  }
  return all.map((e) => sums.get(e) as Code[]);
}

/** Ones in the lanes of this block that hold an image. */
function laneMasks(
  emitter: ElementEmitter,
  images: { get(): Code },
  block: { get(): Code },
): Code[] {
  const { fn, target } = emitter;
  const valid = fn.local("i32");
  const table = fn.local(target.pointer.type);
  const left = i32.sub(images.get(), i32.mul(block.get(), i32.const(16)));
  emitter.statements.push(
    valid.set(left),
    valid.set(select(valid.get(), i32.const(16), i32.lt_s(valid.get(), i32.const(16)))),
    table.set(
      target.pointer.sub(
        target.maskEnd,
        target.pointer.from32(i32.shl(valid.get(), i32.const(2))),
      ),
    ),
  );
  return [0, 1, 2, 3].map((j) => {
    const mask = fn.local("v128");
    emitter.statements.push(mask.set(v128.load(table.get(), j * 16)));
    return mask.get();
  });
}

function maskLanes(e: Reduce, sum: Code, mask: Code): Code {
  if (e.fn === "sum") return v128.and(sum, mask);
  const empty = e.fn === "max" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return v128.bitselect(sum, f32x4.const(empty), mask);
}

function partialStream(
  emitter: ElementEmitter,
  kernel: LoopKernel,
  id: number,
  block: { get(): Code },
  inner: Var | undefined,
  outer: Var | undefined,
  tile: number,
): Stream {
  const { target, fn } = emitter;
  const { pointer } = target;
  const { layout } = target.place(id);
  const terms = new Map<number, number>();
  kernel.vars.forEach((v, axis) => {
    if (v.kind !== "var") return;
    if (v === inner && outer) terms.set(outer.id, layout.strides[axis + 1] * tile);
    else terms.set(v.id, layout.strides[axis + 1]);
  });
  const local = fn.local(pointer.type);
  const stride = pointer.const(layout.strides[0] * 4);
  emitter.statements.push(
    local.set(
      pointer.add(target.address(id), pointer.mul(pointer.from32(block.get()), stride)),
    ),
  );
  return { tensor: id, terms, pointer: local };
}

// ————— no lanes of images —————

function emitPlain(target: Target, kernel: LoopKernel): Emitted {
  const { layout, type } = target.place(kernel.nodes[0].id);
  const vars = layout.order.map((axis) => kernel.vars[axis]).filter(isVar);
  let work = sizeOf(type.shape);
  walkElements(kernel.values, (e) => {
    if (e.kind === "reduce") {
      const rounds = e.vars.reduce((n, v) => n * (v as Var).extent, 1);
      work = Math.max(work, sizeOf(type.shape) * rounds);
    }
  });
  let chunks = 1;
  const func = kernelFunction(target, ({ fn, chunk, images }) => {
    const width: Width = { vectors: 1, axis: undefined };
    const emitter = new ElementEmitter(target, fn, { images, width });
    const blocks = i32.shr_u(i32.add(images.get(), i32.const(15)), i32.const(4));
    walkElements(kernel.values, (e) => {
      if (e.kind !== "load" || !target.place(e.tensor).perBlock) return;
      emitter.runtimeExtents.set((e.at[0] as Var).id, blocks);
    });
    const loops = mergeLoops(emitter, kernel, vars);
    const last = loops.at(-1);
    const along =
      last && !last.runtime && last.extent >= 4 && canRunAlongLanes(kernel.values, last.id) &&
      linearAlong(kernel, emitter, last.id);
    if (last && along) {
      const axis: Index = { kind: "var", id: last.id, extent: last.extent, batch: false };
      const widths: Width[] = [];
      if (last.extent >= 16) widths.push({ vectors: 4, axis });
      widths.push({ vectors: 1, axis }, width);
      loops[loops.length - 1] = { ...last, widths };
      emitter.width = widths[0];
    } else emitter.vectorReduce = true;
    const first = loops[0];
    if (first && !first.runtime && work >= WORTH_SPLITTING && first.extent > 1) {
      const grain = first.widths ? 16 : 1;
      const wanted = Math.ceil(work / WORTH_SPLITTING);
      const size = Math.ceil(first.extent / wanted / grain) * grain;
      chunks = Math.ceil(first.extent / size);
      if (chunks > 1) {
        const start = fn.local("i32");
        const end = fn.local("i32");
        emitter.statements.push(
          start.set(i32.mul(chunk.get(), i32.const(size))),
          end.set(i32.add(start.get(), i32.const(size))),
          end.set(
            select(
              end.get(),
              i32.const(first.extent),
              i32.lt_s(end.get(), i32.const(first.extent)),
            ),
          ),
        );
        loops[0] = { ...first, start: start.get(), runtime: end.get() };
      }
    }
    mapLoops(emitter, kernel, loops);
    return emitter.statements;
  }, labelOf(kernel));
  return { func, split: chunks > 1 ? "range" : "single", chunks };
}

/** Most loads step by 0 or 1 along the variable, so that lanes pay. */
function linearAlong(kernel: LoopKernel, emitter: ElementEmitter, id: number): boolean {
  let fine = true;
  const inReduce = new Set<Element>();
  walkElements(kernel.values, (e) => {
    if (e.kind === "reduce") walkElements([e.body], (part) => inReduce.add(part));
  });
  walkElements(kernel.values, (e) => {
    if (e.kind !== "load") return;
    const linear = emitter.linear(e);
    const step = linear?.terms.get(id) ?? 0;
    const gathers = !linear && e.at.some((i) => !("dtype" in i) && usesVar(i, id) && !affineOf(i));
    if (inReduce.has(e) && (gathers || (step !== 0 && step !== 1))) fine = false;
  });
  return fine;
}
