/**
 * Which nodes a hand-written kernel computes, and which kernel that is. Everything else, and every case that
 * is refused here, runs through the op's own lowering.
 */
import { ConvkitError } from "../../../core/error.ts";
import type { Node } from "../../../graph/node.ts";
import type { SpecialKernel } from "../../../plan/kernels.ts";
import type { KernelStep, Target } from "../target.ts";
import { acceptsConv2d, acceptsInputGrad, emitConv2d, emitInputGrad } from "./conv2d.ts";
import { acceptsLinear, emitLinear } from "./matmul.ts";
import { acceptsOuterProduct, emitOuterProduct } from "./outer-product.ts";
import { acceptsWeightGrad, emitWeightGrad } from "./weight-grad.ts";

type Emit = (target: Target, kernel: SpecialKernel) => KernelStep[];

const KERNELS: Readonly<Record<string, { accepts: (node: Node) => boolean; emit: Emit }>> = {
  conv2d: { accepts: acceptsConv2d, emit: emitConv2d },
  conv2dInputGrad: { accepts: acceptsInputGrad, emit: emitInputGrad },
  conv2dWeightGrad: { accepts: acceptsWeightGrad, emit: emitWeightGrad },
  matmul: {
    accepts: (node) => acceptsLinear(node) || acceptsOuterProduct(node),
    emit: (target, kernel) =>
      acceptsLinear(kernel.core) ? emitLinear(target, kernel) : emitOuterProduct(target, kernel),
  },
};

export const isSpecial = (node: Node): boolean => KERNELS[node.op]?.accepts(node) ?? false;

export function emitSpecial(target: Target, kernel: SpecialKernel): KernelStep[] {
  const entry = KERNELS[kernel.core.op];
  if (!entry) throw new ConvkitError("wasm", `no kernel for ${kernel.core.op}`);
  return entry.emit(target, kernel);
}
