/**
 * Values into memory: loops around the stores of results, with a pointer for each result.
 */
import type { Element, Index } from "../../../graph/lower.ts";
import { affineOf } from "../../../loops/index-expr.ts";
import { partsOf } from "../../../loops/lowering.ts";
import type { LoopKernel } from "../../../plan/kernel.ts";
import type { Layout } from "../../../plan/layout.ts";
import { type Code, v128 } from "../assembler.ts";
import { chunkAddress } from "../elements/addresses.ts";
import { type ElementContext, isVar, type Reduce } from "../elements/context.ts";
import { hoist } from "../elements/hoist.ts";
import { type Loop, loopOver, nest } from "../elements/nest.ts";
import { reduceAll } from "../elements/reduce.ts";
import type { Stream, Terms } from "../elements/streams.ts";
import type { ElementEmitter } from "../emit-element.ts";

/** Loops around the stores of all results of a kernel. */
export function mapLoops(
  emitter: ElementEmitter,
  { nodes, values, vars }: LoopKernel,
  loops: readonly Loop[],
): void {
  emitter.prepare(values);
  const stores = nodes.map((node) => storeStream(emitter, vars, node.id));
  hoist(emitter, values, loops);
  emitter.scoped(() => {
    nest(emitter, loops, values, stores, () => {
      reduceOutermost(emitter, values);
      // All values before any store: a result may overwrite what another one reads.
      const results = values.map((value) => {
        const code = emitter.value(value);
        const inLocals = values.length === 1 || value.kind === "const" || emitter.knows(value);
        return inLocals ? code : emitter.keep(value, code);
      });
      results.forEach((result, k) => {
        store(emitter, stores[k].pointer.get(), result);
      });
    });
  });
}

/** One result, stored inside loops over the variables `inner`; the others have counters already. */
export function mapStore(
  emitter: ElementEmitter,
  vars: readonly Index[],
  value: Element,
  tensor: number,
  inner: readonly Index[],
): void {
  emitter.prepare([value]);
  const stream = storeStream(emitter, vars, tensor);
  // The store's pointer begins where the outer counters stand.
  const { pointer } = emitter.target;
  for (const [id, factor] of stream.terms) {
    const counter = emitter.counters.get(id);
    if (!counter) continue;
    const moved = pointer.mul(pointer.from32(counter.get()), pointer.const(factor * 4));
    emitter.statements.push(stream.pointer.set(pointer.add(stream.pointer.get(), moved)));
  }
  const loops = inner.filter(isVar).map((v) => loopOver(emitter, v));
  hoist(emitter, [value], loops);
  emitter.scoped(() => {
    nest(emitter, loops, [value], [stream], () => {
      store(emitter, stream.pointer.get(), emitter.value(value));
    });
  });
}

function store(context: ElementContext, pointer: Code, value: readonly Code[]): void {
  context.statements.push(
    context.width.axis
      ? value.map((vector, j) => v128.store(pointer, vector, j * 16))
      : v128.store32_lane(pointer, value[0], 0, 0),
  );
}

/** Elements from one value of a variable to the next, where a result is stored. */
export function storeTerms(vars: readonly Index[], layout: Layout): Terms {
  const terms = new Map<number, number>();
  vars.forEach((v, axis) => {
    if (layout.lanes && axis === 0) return;
    for (const [id, factor] of affineOf(v)?.terms ?? [])
      terms.set(id, factor * layout.strides[axis]);
  });
  return terms;
}

/** A pointer to where the elements of a result go; `vars` are its loop variables by axis. */
function storeStream(context: ElementContext, vars: readonly Index[], tensor: number): Stream {
  const { fn, merged, target } = context;
  const { layout } = target.place(tensor);
  const all = storeTerms(vars, layout);
  const terms = new Map([...all].filter(([id]) => !merged.has(id)));
  const pointer = fn.local(target.pointer.type);
  context.statements.push(pointer.set(chunkAddress(context, tensor)));
  return { tensor, terms, pointer };
}

/** Reductions that are always needed, those in no guard or other reduction, so that they can share loops. */
function reduceOutermost(context: ElementContext, values: readonly Element[]): void {
  const found = new Set<Reduce>();
  const seen = new Set<Element>();
  const visit = (e: Element): void => {
    if (seen.has(e) || context.knows(e)) return;
    seen.add(e);
    if (e.kind === "reduce") found.add(e);
    else if (e.kind !== "guard" && e.kind !== "load") partsOf(e).forEach(visit);
  };
  values.forEach(visit);
  reduceAll(context, found);
}
