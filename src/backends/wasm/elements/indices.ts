/**
 * Indices as code: as one i32 for all lanes, as numbers that count up along the lanes, and compared with the
 * bounds of a guard.
 */
import { ConvkitError } from "../../../core/error.ts";
import type { Element, Guard, Index } from "../../../graph/lower.ts";
import { affineOf, boundsOf, indexKey } from "../../../loops/index-expr.ts";
import { type Code, f32x4, i32, i32x4, type Local } from "../assembler.ts";
import { type ElementContext, firstImage, laneVar, perVector } from "./context.ts";

/** An index that is the same in all lanes, as an i32. */
export function scalarIndex(context: ElementContext, i: Index): Code {
  switch (i.kind) {
    case "const":
      return i32.const(i.value);
    case "var": {
      const counter = context.counters.get(i.id);
      if (!counter) throw new ConvkitError("wasm", `no loop for ${indexKey(i)}`);
      return counter.get();
    }
    case "add":
      return i32.add(scalarIndex(context, i.a), scalarIndex(context, i.b));
    case "mul":
      return i32.mul(scalarIndex(context, i.a), scalarIndex(context, i.b));
    case "div":
      return i32.div_s(scalarIndex(context, i.a), scalarIndex(context, i.b));
    case "mod":
      return i32.rem_s(scalarIndex(context, i.a), scalarIndex(context, i.b));
  }
}

/** The index where the variable has the value of `counter`. */
export function indexAt(context: ElementContext, i: Index, variable: number, counter: Local): Code {
  const { counters } = context;
  const saved = counters.get(variable);
  counters.set(variable, counter);
  const code = scalarIndex(context, i);
  if (saved) counters.set(variable, saved);
  else counters.delete(variable);
  return code;
}

/** All guards hold, as an i32. An index that cannot leave its range on one side is not compared there. */
export function guardsHold(context: ElementContext, guards: readonly Guard[]): Code {
  return guards
    .map(({ index, low, high }) => {
      const { min, max } = boundsOf(index);
      const code = scalarIndex(context, index);
      if (min >= low) return i32.lt_s(code, i32.const(high));
      if (max < high) return i32.ge_s(code, i32.const(low));
      return i32.lt_u(i32.sub(code, i32.const(low)), i32.const(high - low));
    })
    .reduce((a, b) => i32.and(a, b));
}

/** An index as a number in every lane; along the lanes it counts up by its coefficient. */
export function indexVector(context: ElementContext, i: Index, dtype: string): Code[] {
  const { fn, statements } = context;
  const along = laneVar(context);
  const affine = affineOf(i);
  if (!affine && usesVar(i, along)) {
    throw new ConvkitError("wasm", "an index along lanes is not linear — a bug in the plan");
  }
  const step = affine?.terms.get(along) ?? 0;
  const start = firstImage(context) ? atFirstImage(context, i, step) : scalarIndex(context, i);
  const base = fn.local("i32");
  statements.push(base.set(start));
  return perVector(context, (j) => {
    const ramp = i32x4.const(
      j * 4 * step,
      (j * 4 + 1) * step,
      (j * 4 + 2) * step,
      (j * 4 + 3) * step,
    );
    const value = i32x4.add(i32x4.splat(base.get()), ramp);
    return dtype === "f32" ? f32x4.convert_i32x4_s(value) : value;
  });
}

/** The index at the first image of the block: step·16·block + the rest. */
function atFirstImage(context: ElementContext, i: Index, step: number): Code {
  const zero = context.fn.local("i32");
  context.statements.push(zero.set(i32.const(0)));
  const rest = indexAt(context, i, laneVar(context), zero);
  const block = (context.block as Local).get();
  return i32.add(rest, i32.mul(block, i32.const(step * 16)));
}

/** The scalar indices that stand in this element itself, not in its parts. */
export function indicesOf(e: Element): readonly Index[] {
  if (e.kind === "load") return e.at.filter((i): i is Index => !("dtype" in i));
  if (e.kind === "index") return [e.index];
  if (e.kind === "guard") return e.guards.map((guard) => guard.index);
  return [];
}

export function usesAny(i: Index, variables: ReadonlySet<number>): boolean {
  if (i.kind === "const") return false;
  if (i.kind === "var") return variables.has(i.id);
  return usesAny(i.a, variables) || usesAny(i.b, variables);
}

export const usesVar = (i: Index, variable: number): boolean => usesAny(i, new Set([variable]));
