/**
 * Which nodes a hand-written kernel computes, and which kernel that is. Everything else, and every case that
 * is refused here, runs through the op's own lowering.
 */
import { ConvkitError } from "../../../core/error.ts";
import type { Node } from "../../../graph/node.ts";
import type { SpecialKernel } from "../../../plan/kernel.ts";
import type { KernelStep, Target } from "../target.ts";
import {
  acceptsChannelConv,
  acceptsPlainMatmul,
  emitChannelConv,
  emitPlainMatmul,
} from "./channel-conv.ts";
import { acceptsConv2d, acceptsInputGrad, emitConv2d, emitInputGrad } from "./conv2d.ts";
import { acceptsLaneMatmul, emitLaneMatmul } from "./lane-matmul.ts";
import { acceptsLinear, emitLinear } from "./matmul.ts";
import { acceptsOuterProduct, emitOuterProduct } from "./outer-product.ts";
import { acceptsStackMatmul, emitStackMatmul } from "./stack-matmul.ts";
import { acceptsWeightGrad, emitWeightGrad } from "./weight-grad.ts";
import { acceptsWinograd, emitWinograd } from "./winograd.ts";

interface Choice {
  readonly accepts: (node: Node) => boolean;
  readonly emit: (target: Target, kernel: SpecialKernel) => KernelStep[];
}

/** By op, the first that accepts. */
const KERNELS: Readonly<Record<string, readonly Choice[]>> = {
  conv2d: [
    { accepts: acceptsWinograd, emit: emitWinograd },
    { accepts: acceptsConv2d, emit: emitConv2d },
    { accepts: acceptsChannelConv, emit: emitChannelConv },
  ],
  conv2dInputGrad: [
    { accepts: acceptsWinograd, emit: emitWinograd },
    { accepts: acceptsInputGrad, emit: emitInputGrad },
  ],
  conv2dWeightGrad: [{ accepts: acceptsWeightGrad, emit: emitWeightGrad }],
  matmul: [
    { accepts: acceptsLinear, emit: emitLinear },
    { accepts: acceptsLaneMatmul, emit: emitLaneMatmul },
    { accepts: acceptsOuterProduct, emit: emitOuterProduct },
    { accepts: acceptsPlainMatmul, emit: emitPlainMatmul },
    { accepts: acceptsStackMatmul, emit: emitStackMatmul },
  ],
};

const choose = (node: Node): Choice | undefined =>
  KERNELS[node.op]?.find((choice) => choice.accepts(node));

export const isSpecial = (node: Node): boolean => choose(node) !== undefined;

export function emitSpecial(target: Target, kernel: SpecialKernel): KernelStep[] {
  const choice = choose(kernel.core);
  if (!choice) throw new ConvkitError("wasm", `no kernel for ${kernel.core.op}`);
  return choice.emit(target, kernel);
}
