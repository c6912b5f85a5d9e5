/**
 * Loop kernels as WebAssembly, in three forms by where the batch lies (`loop-kernels/`):
 *
 * - a batched result: one chunk a block of 16 images, lanes = images;
 * - a sum over the images of batched tensors: one chunk a block, whose lanes are added into a partial result
 *   per block; a second step adds the blocks in order;
 * - no batch in sight: lanes along the innermost axis, chunks of the outermost.
 *
 * The order of every sum is fixed here, by blocks and lanes, never by threads.
 */
import type { LoopKernel } from "../../plan/kernel.ts";
import { isArg, splitArgs } from "./loop-kernels/arg-over-images.ts";
import { emitBlockSums, imageReductions } from "./loop-kernels/block-sums.ts";
import { emitLanes } from "./loop-kernels/lanes.ts";
import { emitPlain } from "./loop-kernels/plain.ts";
import type { KernelStep, Target } from "./target.ts";

export function emitLoopKernel(target: Target, kernel: LoopKernel): KernelStep[] {
  const { layout } = target.place(kernel.nodes[0].id);
  const writes = kernel.nodes.map((node) => node.id);
  const reads = kernel.reads.map((node) => node.id);
  const label = labelOf(kernel);
  if (layout.lanes) return [{ ...emitLanes(target, kernel, label), reads, writes, label }];
  const overImages = imageReductions(target, kernel);
  if (overImages.length === 0) {
    return [{ ...emitPlain(target, kernel, label), reads, writes, label }];
  }
  const args = overImages.filter(isArg);
  if (args.length > 0) {
    const { values, positions } = splitArgs(target, kernel, args);
    return [...values, positions].flatMap((part) => emitLoopKernel(target, part));
  }
  const byBlock = `${label} by block`;
  const { form, partials, rest } = emitBlockSums(target, kernel, overImages, byBlock);
  return [
    { ...form, reads, writes: partials, label: byBlock },
    { ...emitPlain(target, rest, label), reads: [...reads, ...partials], writes, label },
  ];
}

/** `sub+mul`, with the shape: for profiles and reports. */
const labelOf = (kernel: LoopKernel): string =>
  `${kernel.nodes.map((node) => node.op).join("+")} ${kernel.nodes[0].shape.join("×")}`;
