/**
 * Reductions: accumulators in locals and a loop nest, which reductions over the same loops share. Lanes stay
 * apart, except where a single result is wanted: then they run along the innermost loop and are combined
 * after it.
 */
import type { Element, Index } from "../../../graph/lower.ts";
import { affineOf } from "../../../loops/index-expr.ts";
import { walkElements } from "../../../loops/lowering.ts";
import { type Code, f32x4, f64x2, i8x16, i32, i32x4, type Local, v128 } from "../assembler.ts";
import { constant } from "./arithmetic.ts";
import { combine, combineLanes, NEUTRAL } from "./combine.ts";
import {
  type ElementContext,
  hold,
  isVar,
  type Reduce,
  type Var,
  vectorLocals,
  type Width,
} from "./context.ts";
import { hoist } from "./hoist.ts";
import { indicesOf, usesVar } from "./indices.ts";
import { type Loop, loopsOver, nest } from "./nest.ts";

/**
 * One vector of results per vector of the width; argmax and argmin keep their places besides, and long sums
 * the total of the runs before this one, two vectors of doubles each.
 */
interface Accumulator {
  readonly best: readonly Local[];
  readonly place?: readonly Local[];
  readonly total?: readonly Local[];
}

/**
 * Additions to one f32 until it joins a total in double precision: n additions of a kind lose up to n·2⁻²⁵ of
 * the sum, 1 % for 300 thousand.
 */
const RUN = 512;

/** Computes reductions, those over the same loops together. */
export function reduceAll(
  context: ElementContext,
  reductions: Iterable<Reduce>,
): Map<Reduce, Code[]> {
  const groups = new Map<string, Reduce[]>();
  for (const e of new Set(reductions)) {
    const key = e.vars.map((v) => (v as Var).id).join();
    groups.set(key, [...(groups.get(key) ?? []), e]);
  }
  const values = new Map<Reduce, Code[]>();
  for (const group of groups.values()) {
    reduceTogether(context, group).forEach((value, k) => {
      values.set(group[k], value);
    });
  }
  return values;
}

/** Reductions over the same loops, in one nest. */
export function reduceTogether(context: ElementContext, group: readonly Reduce[]): Code[][] {
  const bodies = group.map((e) => e.body);
  const loops = loopsOver(context, group[0].vars, bodies);
  const last = loops.at(-1);
  const single = !context.width.axis && context.vectorReduce;
  if (single && last && canRunAlongLanes(group, last.id)) {
    return reduceAlongLanes(context, group, loops);
  }
  const cut = runsOf(loops);
  const accumulators = group.map((e) => accumulator(context, e, cut !== undefined));
  hoist(context, bodies, loops);
  context.scoped(() => {
    nest(context, inRuns(context, loops, cut, accumulators), bodies, [], () => {
      group.forEach((e, k) => {
        accumulate(context, e, accumulators[k], loops);
      });
    });
  });
  return accumulators.map((accumulated, k) => {
    const value = resultOf(accumulated);
    context.remember(group[k], value);
    return value;
  });
}

/**
 * One result from sixteen partial ones: lanes run along the innermost loop, then are combined in order, and
 * the elements that fill no whole width come last.
 */
function reduceAlongLanes(
  context: ElementContext,
  group: readonly Reduce[],
  loops: readonly Loop[],
): Code[][] {
  const bodies = group.map((e) => e.body);
  const last = loops[loops.length - 1];
  const axis: Index = { kind: "var", id: last.id, extent: last.extent, batch: false };
  const wide: Width = { vectors: 4, axis };
  const narrow = context.width;
  const widened = loops.with(-1, { ...last, widths: [wide, narrow] });
  const cut = runsOf(widened);
  context.width = wide;
  const wides = group.map((e) => accumulator(context, e, cut !== undefined));
  hoist(context, bodies, loops);
  context.width = narrow;
  const narrows = group.map((e) => accumulator(context, e, cut !== undefined));
  context.scoped(() => {
    nest(context, inRuns(context, widened, cut, [...wides, ...narrows]), bodies, [], () => {
      group.forEach((e, k) => {
        accumulate(context, e, context.width === wide ? wides[k] : narrows[k], loops);
      });
    });
  });
  return group.map((e, k) => {
    const { dtype } = e.body;
    const lanes = combineLanes(context, e.fn, dtype, resultOf(wides[k]));
    return context.keep(e, [combine(e.fn, dtype, lanes, resultOf(narrows[k])[0])]);
  });
}

function accumulator(context: ElementContext, e: Reduce, long: boolean): Accumulator {
  const best = vectorLocals(context);
  const place = e.fn.startsWith("arg") ? vectorLocals(context) : undefined;
  const inDoubles = long && e.fn === "sum" && e.body.dtype === "f32";
  const total = inDoubles ? [...vectorLocals(context), ...vectorLocals(context)] : undefined;
  context.statements.push(
    best.map((local) => local.set(constant(NEUTRAL[e.fn], e.body.dtype))),
    [...(place ?? []), ...(total ?? [])].map((local) => local.set(constant(0, "i32"))),
  );
  return { best, place, total };
}

/** Which loop is cut, and after how many steps, so that a run makes `RUN` additions; undefined for short sums. */
function runsOf(loops: readonly Loop[]): { loop: number; steps: number } | undefined {
  let additions = 1;
  for (let k = loops.length - 1; k >= 0; k--) {
    const { extent, widths } = loops[k];
    const stride = widths ? widths[0].vectors * 4 : 1;
    const turns = Math.ceil(extent / stride);
    if (additions * turns > RUN) {
      return { loop: k, steps: Math.max(1, Math.floor(RUN / additions)) * stride };
    }
    additions *= turns;
  }
  return undefined;
}

/** The loops, with what the accumulators hold going to their totals after each run. */
function inRuns(
  context: ElementContext,
  loops: readonly Loop[],
  cut: { loop: number; steps: number } | undefined,
  accumulators: readonly Accumulator[],
): readonly Loop[] {
  if (!cut) return loops;
  const after = (): void => {
    for (const { best, total } of accumulators) {
      best.forEach((local, j) => {
        if (!total) return;
        const halves = [local.get(), i8x16.shuffle(local.get(), local.get(), HIGH_HALVES)];
        context.statements.push(
          halves.map((half, k) => {
            const sum = total[2 * j + k];
            return sum.set(f64x2.add(sum.get(), f64x2.promote_low_f32x4(half)));
          }),
          local.set(constant(0, "f32")),
        );
      });
    }
  };
  return loops.with(cut.loop, { ...loops[cut.loop], runs: { steps: cut.steps, after } });
}

function resultOf({ best, place, total }: Accumulator): Code[] {
  return (place ?? best).map((local, j) => {
    if (!total) return local.get();
    const [low, high] = [total[2 * j], total[2 * j + 1]].map((sum) =>
      f32x4.demote_f64x2_zero(sum.get()),
    );
    return i8x16.shuffle(low, high, LOW_HALVES);
  });
}

/** Bytes of two vectors, as shuffles name them: the low half of each, the high half of each. */
const LOW_HALVES = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23];
const HIGH_HALVES = LOW_HALVES.map((byte) => byte + 8);

function accumulate(
  context: ElementContext,
  e: Reduce,
  { best, place }: Accumulator,
  loops: readonly Loop[],
): void {
  const value = context.value(e.body);
  if (place) {
    keepBest(context, e, value, { best, place }, loops);
    return;
  }
  best.forEach((local, j) => {
    context.statements.push(local.set(combine(e.fn, e.body.dtype, local.get(), value[j])));
  });
}

/** One step of argmax or argmin: keeps the first of equals; NaN wins, as in PyTorch. */
function keepBest(
  context: ElementContext,
  e: Reduce,
  value: readonly Code[],
  { best, place }: { best: readonly Local[]; place: readonly Local[] },
  loops: readonly Loop[],
): void {
  let position: Code = i32.const(0);
  for (const v of e.vars.filter(isVar)) {
    const loop = loops.find((candidate) => candidate.id === v.id) as Loop;
    position = i32.add(i32.mul(position, i32.const(loop.extent)), loop.counter.get());
  }
  hold(context, value).forEach((v, j) => {
    const old = best[j].get();
    const better = e.fn === "argmax" ? f32x4.gt(v, old) : f32x4.lt(v, old);
    const firstNaN = v128.and(f32x4.ne(v, v), f32x4.eq(old, old));
    const take = context.fn.local("v128");
    context.statements.push(
      take.set(v128.or(better, firstNaN)),
      best[j].set(v128.bitselect(v, old, take.get())),
      place[j].set(v128.bitselect(i32x4.splat(position), place[j].get(), take.get())),
    );
  });
}

/** No guard and no division depends on the variable, so that lanes differ by a plain step. */
export function canRunAlongLanes(roots: readonly Element[], id: number): boolean {
  let fine = true;
  walkElements(roots, (e) => {
    const own = indicesOf(e).filter((i) => usesVar(i, id));
    if (e.kind === "guard" && own.length > 0) fine = false;
    if (e.kind === "index" && own.some((i) => !affineOf(i))) fine = false;
    if (e.kind === "reduce" && e.fn.startsWith("arg") && e.vars.some((v) => usesVar(v, id))) {
      fine = false;
    }
  });
  return fine;
}
