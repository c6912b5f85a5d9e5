/**
 * argmax and argmin over the images of a batch in the lanes, as two reductions that blocks can share: the best
 * value first, then the least position that holds it. Of equals the first wins, and NaN wins over numbers.
 */
import type { Element } from "../../../graph/lower.ts";
import type { Node } from "../../../graph/node.ts";
import { addIndex, constIndex, mulIndex } from "../../../loops/index-expr.ts";
import { copyElement } from "../../../loops/lowering.ts";
import type { LoopKernel } from "../../../plan/kernel.ts";
import type { Reduce, Var } from "../elements/context.ts";
import type { Target } from "../target.ts";

/** Greater than every position. */
const NOWHERE = 2 ** 31 - 1;

export const isArg = ({ fn }: Reduce): boolean => fn === "argmax" || fn === "argmin";

/** Kernels for the best values, and the kernel that finds their positions. */
export function splitArgs(
  target: Target,
  kernel: LoopKernel,
  args: readonly Reduce[],
): { readonly values: LoopKernel[]; readonly positions: LoopKernel } {
  const { builder, vars } = kernel;
  const [first] = kernel.nodes;
  const { layout } = target.place(first.id);
  const values = args.map((e): LoopKernel => {
    const { dtype } = e.body;
    const id = target.temporary({ layout, type: { shape: first.shape, dtype, batched: false } });
    const node: Node = { ...first, id, dtype, op: `${first.op} value` };
    const best = builder.reduceOver(e.fn === "argmax" ? "max" : "min", e.vars, e.body);
    return { ...kernel, nodes: [node], values: [best] };
  });
  const position = (e: Reduce, best: number): Element => {
    const place = e.vars.reduce(
      (sum, v) => addIndex(mulIndex(sum, (v as Var).extent), v),
      constIndex(0),
    );
    const found = builder.binary("eq", e.body, builder.load(best, e.body.dtype, vars));
    const unordered = builder.binary("ne", e.body, e.body);
    const at = builder.select(
      builder.binary("or", found, unordered),
      builder.fromIndex(place, "i32"),
      builder.constant(NOWHERE, "i32"),
    );
    return builder.reduceOver("min", e.vars, at);
  };
  const replaced = kernel.values.map((value) =>
    copyElement(value, builder, new Map(), (e) => {
      const k = args.indexOf(e as Reduce);
      return k < 0 ? undefined : position(args[k], values[k].nodes[0].id);
    }),
  );
  const reads = [...kernel.reads, ...values.map(({ nodes }) => nodes[0])];
  return { values, positions: { ...kernel, values: replaced, reads } };
}
