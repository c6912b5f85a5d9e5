/**
 * Loads: whole vectors where the lanes lie side by side, one word in all lanes where they do not differ, else
 * word by word, which is a gather.
 */
import type { Index } from "../../../graph/lower.ts";
import { affineOf } from "../../../loops/index-expr.ts";
import { type Code, type Fn, i32, i32x4, type Local, select, v128 } from "../assembler.ts";
import { addressOf, chunkAddress, type LinearIndex, linearIndex } from "./addresses.ts";
import {
  type ElementContext,
  firstImage,
  hold,
  type Load,
  laneVar,
  perVector,
  vectorLocals,
} from "./context.ts";
import { indexAt, scalarIndex, usesVar } from "./indices.ts";

export function load(context: ElementContext, e: Load): Code[] {
  const linear = linearIndex(context, e);
  if (!linear) return loadSideBySide(context, e) ?? gather(context, e);
  const { layout } = context.target.place(e.tensor);
  // Where the lanes are images a tensor in lanes has them side by side.
  const step = firstImage(context) && layout.lanes ? 1 : (linear.terms.get(laneVar(context)) ?? 0);
  if (step !== 0 && step !== 1) return gatherEvenly(context, e.tensor, linear, step);

  const { pointer } = context.target;
  const stream = context.streams.find(e.tensor, linear.terms);
  const start = stream ? stream.pointer.get() : addressOf(context, e.tensor, linear.terms);
  const bytes = linear.constant * 4;
  // Addresses and offsets are unsigned; where terms are negative the pointer alone may lie below 0.
  const below = bytes < 0 || [...linear.terms.values()].some((factor) => factor < 0);
  const from = below ? pointer.add(start, pointer.const(bytes)) : start;
  const offset = below ? 0 : bytes;
  if (step === 1) return perVector(context, (j) => v128.load(from, offset + j * 16));
  const [one] = hold(context, [v128.load32_splat(from, offset)]);
  return perVector(context, () => one);
}

/**
 * Indices with divisions, as long as they are the same for all lanes or count up along them: one address, computed
 * anew each time. Undefined where the lanes do not lie side by side.
 */
function loadSideBySide(context: ElementContext, e: Load): Code[] | undefined {
  const { fn, target } = context;
  const { pointer } = target;
  const { layout } = target.place(e.tensor);
  const along = laneVar(context);
  const overImages = firstImage(context) !== undefined;
  let step = overImages && layout.lanes ? 1 : 0;
  let offset: Code = i32.const(0);
  for (const [axis, at] of e.at.entries()) {
    if ("dtype" in at) return undefined;
    if (layout.lanes && axis === 0) continue;
    if (usesVar(at, along)) {
      const factor = affineOf(at)?.terms.get(along);
      if (overImages || factor === undefined) return undefined;
      step += factor * layout.strides[axis];
    }
    offset = i32.add(offset, i32.mul(scalarIndex(context, at), i32.const(layout.strides[axis])));
  }
  if (step !== 0 && step !== 1) return undefined;
  const from = fn.local(pointer.type);
  const bytes = pointer.mul(pointer.from32(offset), pointer.const(4));
  context.statements.push(from.set(pointer.add(chunkAddress(context, e.tensor), bytes)));
  if (step === 1) return perVector(context, (j) => v128.load(from.get(), j * 16));
  const [one] = hold(context, [v128.load32_splat(from.get(), 0)]);
  return perVector(context, () => one);
}

/** Loads a word for each lane; `from` gives its address. */
function gatherLanes(context: ElementContext, from: (lane: number) => Code): Code[] {
  const result = vectorLocals(context);
  const lanes = context.width.axis ? result.length * 4 : 1;
  for (let lane = 0; lane < lanes; lane++) {
    const address = from(lane);
    const into = result[lane >> 2];
    context.statements.push(
      into.set(
        lane % 4 === 0
          ? v128.load32_splat(address)
          : v128.load32_lane(address, into.get(), lane & 3),
      ),
    );
  }
  return result.map((local) => local.get());
}

/** One load per lane, a constant step apart. */
function gatherEvenly(
  context: ElementContext,
  tensor: number,
  { constant, terms }: LinearIndex,
  step: number,
): Code[] {
  const { fn, target } = context;
  const { pointer } = target;
  const image = firstImage(context);
  const rest = new Map(terms);
  if (image) rest.delete(laneVar(context));
  const stream = context.streams.find(tensor, rest);
  const base = fn.local(pointer.type);
  const start = stream ? stream.pointer.get() : addressOf(context, tensor, rest);
  context.statements.push(base.set(pointer.add(start, pointer.const(constant * 4))));
  const { extent } = context.width.axis as Index & { kind: "var" };
  return gatherLanes(context, (lane) => {
    if (!image) return pointer.add(base.get(), pointer.const(lane * step * 4));
    const exists = clamp(i32.add(image, i32.const(lane)), extent, fn);
    return pointer.add(base.get(), pointer.from32(i32.mul(exists, i32.const(step * 4))));
  });
}

/** One load per lane, at indices that differ by lane or that only run time knows. */
function gather(context: ElementContext, e: Load): Code[] {
  const { fn, target } = context;
  const { pointer } = target;
  const { layout, type } = target.place(e.tensor);
  const dynamic = e.at.map((at) => ("dtype" in at ? hold(context, context.value(at)) : undefined));
  const base = fn.local(pointer.type);
  context.statements.push(base.set(chunkAddress(context, e.tensor)));
  return gatherLanes(context, (lane) => {
    let offset: Code = i32.const(layout.lanes ? lane : 0);
    e.at.forEach((at, axis) => {
      if (layout.lanes && axis === 0) return;
      let place: Code;
      const vectors = dynamic[axis];
      if (vectors) {
        place = clamp(i32x4.extract_lane(vectors[lane >> 2], lane & 3), type.shape[axis], fn);
      } else {
        place = laneIndex(context, at as Index, lane);
        if (firstImage(context)) place = clamp(place, type.shape[axis], fn);
      }
      offset = i32.add(offset, i32.mul(place, i32.const(layout.strides[axis])));
    });
    return pointer.add(base.get(), pointer.mul(pointer.from32(offset), pointer.const(4)));
  });
}

/** The index of one lane, as an i32. */
function laneIndex(context: ElementContext, i: Index, lane: number): Code {
  const along = laneVar(context);
  if (!usesVar(i, along)) return scalarIndex(context, i);
  const own = context.fn.local("i32");
  const start = firstImage(context) ?? (context.counters.get(along) as Local).get();
  context.statements.push(own.set(i32.add(start, i32.const(lane))));
  return indexAt(context, i, along, own);
}

/** 0 ≤ index < size, whatever run time brings: a lane without an image may hold anything. */
function clamp(index: Code, size: number, fn: Fn): Code {
  const at = fn.local("i32");
  const low = i32.and(at.tee(index), i32.xor(i32.shr_s(at.get(), i32.const(31)), i32.const(-1)));
  const floor = fn.local("i32");
  return select(floor.tee(low), i32.const(size - 1), i32.lt_s(floor.get(), i32.const(size)));
}
