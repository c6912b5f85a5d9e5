/**
 * What does not change inside loops is computed before them.
 */
import type { Element } from "../../../graph/lower.ts";
import { partsOf } from "../../../loops/lowering.ts";
import type { ElementContext } from "./context.ts";
import { indicesOf, usesAny } from "./indices.ts";
import type { Loop } from "./nest.ts";

/**
 * Puts the largest parts below `roots` that are the same in every turn into locals. Guarded parts and
 * reductions stay where they are: the first may not run at all, the second have loops of their own.
 */
export function hoist(
  context: ElementContext,
  roots: readonly Element[],
  loops: readonly Loop[],
): void {
  const ids = new Set(loops.map((loop) => loop.id));
  const changing = new Map<Element, boolean>();
  const changes = (e: Element): boolean => {
    let result = changing.get(e);
    if (result === undefined) {
      result =
        e.kind === "reduce" ||
        indicesOf(e).some((i) => usesAny(i, ids)) ||
        partsOf(e).some(changes);
      changing.set(e, result);
    }
    return result;
  };
  const seen = new Set<Element>();
  const visit = (e: Element): void => {
    if (seen.has(e)) return;
    seen.add(e);
    if (!changes(e)) {
      if (e.kind === "const" || e.kind === "guard" || context.knows(e)) return;
      context.keep(e, context.value(e));
    } else if (e.kind !== "guard" && e.kind !== "reduce") partsOf(e).forEach(visit);
  };
  roots.forEach(visit);
}
