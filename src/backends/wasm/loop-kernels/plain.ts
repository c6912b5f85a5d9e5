/**
 * Loop kernels with no batch in the lanes: parameters, their updates, partial results per block, one image or a
 * few. Lanes run along the innermost axis where that pays, else along the reductions, and chunks cut the
 * outermost loop of those inside an image.
 */
import { sizeOf } from "../../../core/shape.ts";
import type { Element } from "../../../graph/lower.ts";
import { affineOf } from "../../../loops/index-expr.ts";
import { walkElements } from "../../../loops/lowering.ts";
import type { LoopKernel } from "../../../plan/kernel.ts";
import { Fn, i32, type Local, select } from "../assembler.ts";
import { linearIndex } from "../elements/addresses.ts";
import type { ElementContext, Var, Width } from "../elements/context.ts";
import { indicesOf, usesVar } from "../elements/indices.ts";
import type { Loop } from "../elements/nest.ts";
import { canRunAlongLanes } from "../elements/reduce.ts";
import { ElementEmitter } from "../emit-element.ts";
import { kernelFunction, type Target } from "../target.ts";
import { type Form, varsInOrder } from "./form.ts";
import { mergeLoops } from "./merge-loops.ts";
import { mapLoops } from "./stores.ts";

/** Elements of work under which a second thread costs more than it brings. */
const WORTH_SPLITTING = 16384;

const SINGLE: Width = { vectors: 1, axis: undefined };

export function emitPlain(target: Target, kernel: LoopKernel, label: string): Form {
  const func = kernelFunction(
    target,
    ({ fn, chunk, images }) => {
      const { emitter, loops, place, size } = arrange(target, kernel, fn, images);
      if (size) loops[place] = cut(emitter, loops[place], chunk, size);
      mapLoops(emitter, kernel, loops);
      return emitter.statements;
    },
    label,
  );
  const chunks = chunksOf(target, kernel);
  return { func, split: chunks > 1 ? "range" : "single", chunks };
}

/** Known whether or not the function is written: a plan needs it. */
function chunksOf(target: Target, kernel: LoopKernel): number {
  const fn = new Fn(["i32"]);
  const { loops, place, size } = arrange(target, kernel, fn, fn.param(0));
  return size ? Math.ceil(loops[place].extent / size) : 1;
}

/** The loops, which one chunks are cut from (the outermost, inside that over few images), and how many steps make a chunk. */
function arrange(target: Target, kernel: LoopKernel, fn: Fn, images: Local) {
  const { layout } = target.place(kernel.nodes[0].id);
  const emitter = new ElementEmitter(target, fn, { images, width: SINGLE });
  const blocks = i32.shr_u(i32.add(images.get(), i32.const(15)), i32.const(4));
  walkElements(kernel.values, (e) => {
    if (e.kind !== "load" || !target.place(e.tensor).perBlock) return;
    emitter.runtimeExtents.set((e.at[0] as Var).id, blocks);
  });
  const loops = mergeLoops(emitter, kernel, varsInOrder(kernel, layout));
  const widths = widthsAlong(emitter, kernel, loops.at(-1));
  if (widths) {
    loops.push({ ...(loops.pop() as Loop), widths });
    emitter.width = widths[0];
  } else emitter.vectorReduce = true;
  const place = loops.length > 1 && loops[0].runtime ? 1 : 0;
  return { emitter, loops, place, size: chunkSize(loops[place], workOf(target, kernel)) };
}

/** Elements computed, those inside the largest reduction counted. */
function workOf(target: Target, kernel: LoopKernel): number {
  const results = sizeOf(target.place(kernel.nodes[0].id).type.shape);
  let most = 1;
  walkElements(kernel.values, (e) => {
    if (e.kind !== "reduce") return;
    most = Math.max(
      most,
      e.vars.reduce((n, v) => n * (v as Var).extent, 1),
    );
  });
  return results * most;
}

/** The widths of the innermost loop if lanes can run along it and that pays. */
function widthsAlong(
  context: ElementContext,
  kernel: LoopKernel,
  loop: Loop | undefined,
): Width[] | undefined {
  if (!loop || loop.runtime || loop.extent < 4) return undefined;
  const { id, extent } = loop;
  if (!canRunAlongLanes(kernel.values, id) || !reducesAlong(context, kernel, id)) return undefined;
  const axis: Var = { kind: "var", id, extent, batch: false };
  const vector: Width = { vectors: 1, axis };
  return extent >= 16 ? [{ vectors: 4, axis }, vector, SINGLE] : [vector, SINGLE];
}

/** No load inside a reduction, where it would be done again and again, is a gather along the variable. */
function reducesAlong(context: ElementContext, kernel: LoopKernel, id: number): boolean {
  const reduced = new Set<Element>();
  walkElements(kernel.values, (e) => {
    if (e.kind === "reduce") walkElements([e.body], (part) => reduced.add(part));
  });
  return [...reduced].every((e) => {
    if (e.kind !== "load") return true;
    const linear = linearIndex(context, e);
    if (!linear) return !indicesOf(e).some((i) => usesVar(i, id) && !affineOf(i));
    const step = linear.terms.get(id) ?? 0;
    return step === 0 || step === 1;
  });
}

/** Steps of a loop that make a chunk; undefined where one chunk does it all. */
function chunkSize(loop: Loop | undefined, work: number): number | undefined {
  if (!loop || loop.runtime || work < WORTH_SPLITTING) return undefined;
  // Whole widths, so that a chunk ends with its last store.
  const grain = loop.widths ? 16 : 1;
  const wanted = Math.ceil(work / WORTH_SPLITTING);
  const size = Math.ceil(loop.extent / wanted / grain) * grain;
  return size < loop.extent ? size : undefined;
}

/** The part of a loop that belongs to a chunk. */
function cut({ fn, statements }: ElementContext, loop: Loop, chunk: Local, size: number): Loop {
  const [start, end] = [fn.local("i32"), fn.local("i32")];
  const extent = i32.const(loop.extent);
  statements.push(
    start.set(i32.mul(chunk.get(), i32.const(size))),
    end.set(i32.add(start.get(), i32.const(size))),
    end.set(select(end.get(), extent, i32.lt_s(end.get(), extent))),
  );
  return { ...loop, start: start.get(), runtime: end.get() };
}
