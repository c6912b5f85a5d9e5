/**
 * Loop nests, with pointers that are advanced instead of recomputed. A loop along the lanes is several one
 * after the other, each narrower than the one before: whole widths first, then vectors, then single elements.
 */
import type { Element, Index } from "../../../graph/lower.ts";
import { walkElements } from "../../../loops/lowering.ts";
import { br_if, type Code, i32, if_, type Local, loop as loop_, select } from "../assembler.ts";
import { addressOf, linearIndex } from "./addresses.ts";
import { type ElementContext, isVar, type Var, type Width } from "./context.ts";
import { type Stream, streamKey, type Terms } from "./streams.ts";

export interface Loop {
  readonly id: number;
  readonly extent: number;
  readonly counter: Local;
  /** The end, where only run time knows it. */
  readonly runtime?: Code;
  /** A chunk of the loop: from here to `runtime`. */
  readonly start?: Code;
  /** Runs along the lanes, with these widths in turn. */
  readonly widths?: readonly Width[];
  /** Cut into runs of so many steps, with something to do after each. */
  readonly runs?: { readonly steps: number; readonly after: () => void };
}

export function loopOver(context: ElementContext, v: Var): Loop {
  const runtime = context.runtimeExtents.get(v.id) ?? (v.batch ? context.images.get() : undefined);
  return { id: v.id, extent: v.extent, counter: context.fn.local("i32"), runtime };
}

/**
 * Loops over variables, the largest steps through memory outermost. The batch is no loop when it runs along
 * the lanes.
 */
export function loopsOver(
  context: ElementContext,
  vars: readonly Index[],
  roots: readonly Element[],
): Loop[] {
  const step = new Map<number, number>();
  walkElements(roots, (e) => {
    if (e.kind !== "load") return;
    for (const [id, factor] of linearIndex(context, e)?.terms ?? []) {
      step.set(id, Math.max(step.get(id) ?? 0, Math.abs(factor)));
    }
  });
  return (
    vars
      .filter(isVar)
      .filter((v) => !(v.batch && context.block))
      .sort((a, b) => (step.get(b.id) ?? 0) - (step.get(a.id) ?? 0))
      .map((v) => loopOver(context, v))
      // Moving pointers back over a loop whose extent is unknown costs more, so such a one stands outermost.
      .sort((a, b) => Number(Boolean(b.runtime)) - Number(Boolean(a.runtime)))
  );
}

/**
 * Emits `loops` (outermost first) around `body`. The loads below `roots` that move with them get streams;
 * `extra` are further ones, whose pointers stand where the loops' variables are zero.
 */
export function nest(
  context: ElementContext,
  loops: readonly Loop[],
  roots: readonly Element[],
  extra: readonly Stream[],
  body: () => void,
): void {
  const own = startStreams(context, loops, roots);
  for (const { pointer, terms } of extra) {
    context.statements.push(pointer.set(atStart(context, pointer.get(), terms, loops)));
  }
  for (const loop of loops) context.counters.set(loop.id, loop.counter);
  context.streams.within(own, () => {
    emitLoops(context, loops, [...own.values(), ...extra], body);
  });
  for (const loop of loops) context.counters.delete(loop.id);
}

function startStreams(
  context: ElementContext,
  loops: readonly Loop[],
  roots: readonly Element[],
): Map<string, Stream> {
  const { counters, fn, target } = context;
  const ids = new Set(loops.map((loop) => loop.id));
  const streams = new Map<string, Stream>();
  walkElements(roots, (e) => {
    if (e.kind !== "load") return;
    const linear = linearIndex(context, e);
    if (!linear || ![...linear.terms.keys()].some((id) => ids.has(id))) return;
    const key = streamKey(e.tensor, linear.terms);
    if (streams.has(key)) return;
    // Loops inside this nest have not begun: their terms join when their own nest opens.
    const terms = new Map([...linear.terms].filter(([id]) => counters.has(id) || ids.has(id)));
    const stream: Stream = { tensor: e.tensor, terms, pointer: fn.local(target.pointer.type) };
    streams.set(key, stream);
    const outer = context.streams.find(e.tensor, linear.terms);
    const start = outer
      ? outer.pointer.get()
      : addressOf(context, e.tensor, new Map([...terms].filter(([id]) => !ids.has(id))));
    context.statements.push(stream.pointer.set(atStart(context, start, terms, loops)));
  });
  return streams;
}

/** A pointer moved to where the loops start. */
function atStart(
  { target: { pointer } }: ElementContext,
  base: Code,
  terms: Terms,
  loops: readonly Loop[],
): Code {
  let code = base;
  for (const { id, start } of loops) {
    const factor = terms.get(id) ?? 0;
    if (!start || factor === 0) continue;
    code = pointer.add(code, pointer.mul(pointer.from32(start), pointer.const(factor * 4)));
  }
  return code;
}

function emitLoops(
  context: ElementContext,
  [loop, ...inner]: readonly Loop[],
  streams: readonly Stream[],
  body: () => void,
): void {
  if (!loop) {
    body();
    return;
  }
  const { counter } = loop;
  context.statements.push(counter.set(loop.start ?? i32.const(0)));
  const outerWidth = context.width;
  for (const width of loop.widths ?? [outerWidth]) {
    context.width = width;
    const stride = loop.widths && width.axis ? width.vectors * 4 : 1;
    const turn = context.collect(() => {
      const emitInner = () => emitLoops(context, inner, streams, body);
      // Values of one width are none of another.
      if (loop.widths) context.scoped(emitInner);
      else emitInner();
      advance(context, streams, loop, stride, inner[0]);
    });
    context.statements.push(
      loop.runs ? inRuns(context, loop, turn, stride) : repeat(loop, turn, stride),
    );
  }
  context.width = outerWidth;
}

/** Moves the streams one stride along the loop, and back over what the loop inside has moved them. */
function advance(
  { statements, target: { pointer } }: ElementContext,
  streams: readonly Stream[],
  loop: Loop,
  stride: number,
  inside: Loop | undefined,
): void {
  for (const { terms, pointer: local } of streams) {
    const own = (terms.get(loop.id) ?? 0) * stride;
    const back = inside ? (terms.get(inside.id) ?? 0) : 0;
    const step = inside && !inside.runtime ? own - back * inside.extent : own;
    if (step !== 0) statements.push(local.set(pointer.add(local.get(), pointer.const(step * 4))));
    if (!inside?.runtime || back === 0) continue;
    const turns = i32.sub(inside.runtime, inside.start ?? i32.const(0));
    const moved = pointer.mul(pointer.from32(turns), pointer.const(back * 4));
    statements.push(local.set(pointer.sub(local.get(), moved)));
  }
}

/** The turns of a run, what follows it, and so on to the end of the loop. */
function inRuns(context: ElementContext, loop: Loop, turn: Code, stride: number): Code {
  const { counter, extent, runs, runtime = i32.const(extent) } = loop;
  const { steps, after } = runs as NonNullable<Loop["runs"]>;
  const end = context.fn.local("i32");
  const run = [
    end.set(i32.add(counter.get(), i32.const(steps))),
    end.set(select(end.get(), runtime, i32.lt_s(end.get(), runtime))),
    repeat({ ...loop, runtime: end.get() }, turn, stride),
    context.collect(after),
  ];
  return repeat(loop, run, stride, counter.get());
}

/** Turns of `stride` steps while there is room for one, without a first test where there surely is. */
function repeat(
  { counter, extent, runtime, start, widths }: Loop,
  turn: Code,
  stride: number,
  next = counter.tee(i32.add(counter.get(), i32.const(stride))),
): Code {
  const end = runtime ?? i32.const(extent);
  if (widths) {
    if (!runtime && !start && extent < stride) return [];
    const room = (from: Code): Code => i32.le_s(i32.add(from, i32.const(stride)), end);
    return if_(room(counter.get()), [loop_([turn, br_if(0, room(next))])]);
  }
  const turns = loop_([turn, br_if(0, i32.lt_s(next, end))]);
  return runtime || start ? if_(i32.lt_s(counter.get(), end), [turns]) : turns;
}
