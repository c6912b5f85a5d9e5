/**
 * What the three forms of loop kernels share: what a form gives, and in which order it loops.
 */
import type { Index } from "../../../graph/lower.ts";
import type { LoopKernel } from "../../../plan/kernel.ts";
import type { Layout } from "../../../plan/layout.ts";
import type { Var } from "../elements/context.ts";
import type { KernelStep } from "../target.ts";

/** A kernel's function and how its chunks are dealt out. */
export type Form = Pick<KernelStep, "func" | "split" | "chunks">;

/** The kernel's loop variables in the order of memory, so that stores run through it. */
export const varsInOrder = (kernel: LoopKernel, layout: Layout): Var[] =>
  layout.order.flatMap((axis) => varsOf(kernel.vars[axis]));

/** Variables of an index, the outer of a split loop first. */
function varsOf(i: Index): Var[] {
  if (i.kind === "const") return [];
  return i.kind === "var" ? [i] : [...varsOf(i.a), ...varsOf(i.b)];
}
