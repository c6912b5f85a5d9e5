/**
 * Reductions over the images of tensors in lanes: a chunk is one block of 16 images. Lanes without an image
 * are masked, and the block's lanes are combined into a partial result; a later step combines the blocks in
 * their order, so that the result does not depend on who computed which block.
 */
import { copyElement, walkElements } from "../../../loops/lowering.ts";
import type { LoopKernel } from "../../../plan/kernel.ts";
import { blocksOf } from "../../../plan/layout.ts";
import { type Code, i32, type Local, select, v128 } from "../assembler.ts";
import { blockAddress } from "../elements/addresses.ts";
import { constant } from "../elements/arithmetic.ts";
import { combineLanes } from "../elements/combine.ts";
import type { ElementContext, Reduce, Var, Width } from "../elements/context.ts";
import { loopOver, nest } from "../elements/nest.ts";
import { reduceAll } from "../elements/reduce.ts";
import type { Stream } from "../elements/streams.ts";
import { ElementEmitter } from "../emit-element.ts";
import { kernelFunction, type Place, type Target } from "../target.ts";
import { type Form, varsInOrder } from "./form.ts";

/** Accumulators of four vectors that a loop nest should keep at once. */
const MOST_ACCUMULATORS = 4;

export interface BlockSums {
  /** Computes the partial results. */
  readonly form: Form;
  /** The tensors of partial results, one per reduction. */
  readonly partials: readonly number[];
  /** The kernel with each reduction replaced by one over the blocks. */
  readonly rest: LoopKernel;
}

/** Reductions that run over the batch of tensors in lanes. */
export function imageReductions(target: Target, kernel: LoopKernel): Reduce[] {
  const found = new Set<Reduce>();
  walkElements(kernel.values, (e) => {
    if (e.kind !== "reduce" || !e.vars.some((v) => v.kind === "var" && v.batch)) return;
    walkElements([e.body], (part) => {
      if (part.kind === "load" && target.place(part.tensor).layout.lanes) found.add(e);
    });
  });
  return [...found];
}

export function emitBlockSums(
  target: Target,
  kernel: LoopKernel,
  reductions: readonly Reduce[],
  label: string,
): BlockSums {
  const { builder } = kernel;
  const blocks = blocksOf((builder.batch as Var).extent);
  const partials = reductions.map(() => target.temporary(partialPlace(target, kernel, blocks)));
  const func = emitBlock(target, kernel, reductions, partials, label);
  const block: Var = { ...(builder.variable(blocks) as Var), batch: true };
  const values = kernel.values.map((value) =>
    copyElement(value, builder, new Map(), (e) => {
      const k = reductions.indexOf(e as Reduce);
      if (k < 0) return undefined;
      const load = builder.load(partials[k], e.dtype, [block, ...kernel.vars]);
      return builder.reduceOver(reductions[k].fn, [block], load);
    }),
  );
  return { form: { func, split: "block", chunks: blocks }, partials, rest: { ...kernel, values } };
}

/** One value per block and element, in the element order of the result. */
function partialPlace(target: Target, kernel: LoopKernel, blocks: number): Place {
  const { shape, dtype } = kernel.nodes[0];
  const { order, strides, size } = target.place(kernel.nodes[0].id).layout;
  return {
    perBlock: true,
    type: { shape: [blocks, ...shape], dtype, batched: false },
    layout: {
      lanes: false,
      order: [0, ...order.map((axis) => axis + 1)],
      strides: [size, ...strides],
      size: size * blocks,
    },
  };
}

/** (block, images): the partial results of one block. */
function emitBlock(
  target: Target,
  kernel: LoopKernel,
  reductions: readonly Reduce[],
  partials: readonly number[],
  label: string,
): number {
  const { builder } = kernel;
  const { layout } = target.place(kernel.nodes[0].id);
  const vars = varsInOrder(kernel, layout);
  const inner = vars.at(-1);
  const tile = inner ? tileOf(inner.extent, reductions.length) : 1;
  const tileStep = inner ? layout.strides[kernel.vars.indexOf(inner)] * 4 : 0;
  return kernelFunction(
    target,
    ({ fn, chunk, images }) => {
      const width: Width = { vectors: 4, axis: builder.batch };
      const emitter = new ElementEmitter(target, fn, { block: chunk, images, width });
      // c = c′·tile + u: `tile` results side by side share their loops and their cache lines.
      const outer = inner && (builder.variable(inner.extent / tile) as Var);
      const tiled = Array.from({ length: tile }, (_, u) => {
        const at = outer && builder.iadd(builder.imul(outer, tile), u);
        const map = new Map(inner && at ? [[inner.id, at]] : []);
        return reductions.map((e) => copyElement(e, builder, map) as Reduce);
      });
      const all = tiled.flat();
      emitter.prepare(all);
      const loops = vars
        .map((v) => (v === inner && outer ? outer : v))
        .filter((v) => v.extent > 1)
        .map((v) => loopOver(emitter, v));
      // A local starts at zero: the counter of a loop that is none.
      if (outer?.extent === 1) emitter.counters.set(outer.id, fn.local("i32"));
      const masks = laneMasks(emitter, chunk);
      const streams = partials.map((id) =>
        partialStream(emitter, kernel, id, chunk, inner && outer && { inner, outer, tile }),
      );
      nest(emitter, loops, all, streams, () => {
        emitter.scoped(() => {
          const values = reduceAll(emitter, all);
          tiled.forEach((row, u) => {
            row.forEach((e, k) => {
              const vectors = values.get(e) as Code[];
              const masked = vectors.map((vector, j) => maskLanes(e, vector, masks[j]));
              const value = combineLanes(emitter, e.fn, e.dtype, masked);
              const to = streams[k].pointer.get();
              emitter.statements.push(v128.store32_lane(to, value, 0, u * tileStep));
            });
          });
        });
      });
      return emitter.statements;
    },
    label,
  );
}

/** Results computed side by side: as many as there are accumulators for, without a rest. */
function tileOf(extent: number, reductions: number): number {
  const most = Math.max(1, Math.floor(MOST_ACCUMULATORS / reductions));
  for (let tile = most; tile > 1; tile--) if (extent % tile === 0) return tile;
  return 1;
}

/** Ones in the lanes of this block that hold an image. */
function laneMasks(context: ElementContext, block: Local): Code[] {
  const { fn, images, statements, target } = context;
  const { pointer } = target;
  const valid = fn.local("i32");
  const table = fn.local(pointer.type);
  statements.push(
    valid.set(i32.sub(images.get(), i32.mul(block.get(), i32.const(16)))),
    valid.set(select(valid.get(), i32.const(16), i32.lt_s(valid.get(), i32.const(16)))),
    table.set(pointer.sub(target.maskEnd, pointer.from32(i32.shl(valid.get(), i32.const(2))))),
  );
  return [0, 1, 2, 3].map((j) => {
    const mask = fn.local("v128");
    statements.push(mask.set(v128.load(table.get(), j * 16)));
    return mask.get();
  });
}

function maskLanes(e: Reduce, vector: Code, mask: Code): Code {
  if (e.fn === "sum") return v128.and(vector, mask);
  const empty = e.fn === "max" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return v128.bitselect(vector, constant(empty, e.dtype), mask);
}

/** A pointer to where the block's partial results go; the innermost loop may step by tiles. */
function partialStream(
  { fn, statements, target }: ElementContext,
  kernel: LoopKernel,
  tensor: number,
  block: Local,
  tiling: { readonly inner: Var; readonly outer: Var; readonly tile: number } | undefined,
): Stream {
  const { strides } = target.place(tensor).layout;
  const terms = new Map<number, number>();
  kernel.vars.forEach((v, axis) => {
    if (v.kind !== "var") return;
    if (v === tiling?.inner) terms.set(tiling.outer.id, strides[axis + 1] * tiling.tile);
    else terms.set(v.id, strides[axis + 1]);
  });
  const pointer = fn.local(target.pointer.type);
  statements.push(pointer.set(blockAddress(target, tensor, block)));
  return { tensor, terms, pointer };
}
