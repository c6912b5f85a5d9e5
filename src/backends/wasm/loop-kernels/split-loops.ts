/**
 * Loops whose variable is divided become two: y = 2·yo + yi, so that y div 2 = yo and y mod 2 = yi are plain
 * variables. The gradient of a pool reads its windows without a division that way.
 */
import type { Index } from "../../../graph/lower.ts";
import { addIndex, mulIndex } from "../../../loops/index-expr.ts";
import { copyElement, walkElements } from "../../../loops/lowering.ts";
import type { LoopKernel } from "../../../plan/kernel.ts";
import { isVar } from "../elements/context.ts";
import { indicesOf } from "../elements/indices.ts";

export function splitLoops(kernel: LoopKernel): LoopKernel {
  const divisors = divisorsOf(kernel);
  const { builder } = kernel;
  const map = new Map<number, Index>();
  const vars = kernel.vars.map((v) => {
    const divisor = isVar(v) && !v.batch ? divisors.get(v.id) : undefined;
    if (!isVar(v) || divisor === undefined || v.extent % divisor !== 0) return v;
    const outer = builder.variable(v.extent / divisor);
    const split = addIndex(mulIndex(outer, divisor), builder.variable(divisor));
    map.set(v.id, split);
    return split;
  });
  if (map.size === 0) return kernel;
  return { ...kernel, vars, values: kernel.values.map((e) => copyElement(e, builder, map)) };
}

/** What each variable is divided by; where there are several divisors, the first. */
function divisorsOf(kernel: LoopKernel): Map<number, number> {
  const divisors = new Map<number, number>();
  const visit = (i: Index): void => {
    if (i.kind === "const" || i.kind === "var") return;
    const divides = i.kind === "div" || i.kind === "mod";
    if (divides && i.a.kind === "var" && i.b.kind === "const" && !divisors.has(i.a.id)) {
      divisors.set(i.a.id, i.b.value);
    }
    visit(i.a);
    visit(i.b);
  };
  walkElements(kernel.values, (e) => {
    indicesOf(e).forEach(visit);
  });
  return divisors;
}
