/**
 * Neighbouring loops become one where every access steps through both as through one: an activation over
 * H×W×C is a single loop.
 */
import { walkElements } from "../../../loops/lowering.ts";
import type { LoopKernel } from "../../../plan/kernel.ts";
import { linearIndex } from "../elements/addresses.ts";
import type { ElementContext, Var } from "../elements/context.ts";
import { indicesOf, usesAny } from "../elements/indices.ts";
import { type Loop, loopOver } from "../elements/nest.ts";
import type { Terms } from "../elements/streams.ts";
import { storeTerms } from "./stores.ts";

/** Loops over `vars`, outermost first; those that vanished are noted as merged. */
export function mergeLoops(
  context: ElementContext,
  kernel: LoopKernel,
  vars: readonly Var[],
): Loop[] {
  const loops: Var[] = [];
  for (const v of vars) {
    const outer = loops.at(-1);
    if (outer && !outer.batch && !v.batch && runsThrough(context, kernel, outer, v)) {
      context.merged.add(outer.id);
      loops.pop();
      loops.push({ ...v, extent: outer.extent * v.extent });
    } else loops.push(v);
  }
  return loops.map((v) => loopOver(context, v));
}

/** A step of the outer variable is everywhere as long as all steps of the inner one together. */
function runsThrough(context: ElementContext, kernel: LoopKernel, outer: Var, inner: Var): boolean {
  const joins = (terms: Terms): boolean =>
    (terms.get(outer.id) ?? 0) === (terms.get(inner.id) ?? 0) * inner.extent;
  let fine = kernel.nodes.every((node) =>
    joins(storeTerms(kernel.vars, context.target.place(node.id).layout)),
  );
  const both = new Set([outer.id, inner.id]);
  walkElements(kernel.values, (e) => {
    if (!fine) return;
    const linear = e.kind === "load" ? linearIndex(context, e) : undefined;
    fine = linear ? joins(linear.terms) : !indicesOf(e).some((i) => usesAny(i, both));
  });
  return fine;
}
