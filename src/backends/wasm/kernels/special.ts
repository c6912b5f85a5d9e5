/**
 * Which nodes a hand-written kernel computes, and which kernel that is. Everything else, and every case that
 * is refused here, runs through the op's own lowering.
 */
import { ConvkitError } from "../../../core/error.ts";
import type { Node } from "../../../graph/node.ts";
import type { SpecialKernel } from "../../../plan/kernels.ts";
import type { KernelStep, Target } from "../target.ts";

type Emit = (target: Target, kernel: SpecialKernel) => KernelStep[];

const KERNELS: Readonly<Record<string, { accepts: (node: Node) => boolean; emit: Emit }>> = {};

export const isSpecial = (node: Node): boolean => KERNELS[node.op]?.accepts(node) ?? false;

export function emitSpecial(target: Target, kernel: SpecialKernel): KernelStep[] {
  const entry = KERNELS[kernel.core.op];
  if (!entry) throw new ConvkitError("wasm", `no kernel for ${kernel.core.op}`);
  return entry.emit(target, kernel);
}
