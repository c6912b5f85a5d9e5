/**
 * The weight gradient of a convolution with the batch in the lanes:
 * dw[o][ky][kx][i] = Σ over images and positions of ct[…][o] · x[…][i].
 *
 * Both operands differ by lane, so sums over lanes would cost a load for every product. Instead a strip of
 * the cotangent is transposed, `[position][16 images][O]`, and then it is a matrix product whose lanes are
 * output channels and whose other operand is spread:
 *
 *     for strip of rows in the block:
 *       scratch = strip of ct, images and channels swapped
 *       for ky, kx, tile of 16 o, tile of 6 i:
 *         acc[6][16] += Σ position, image: x[position + tap][i][image] · scratch[position][image][16 o]
 *
 * Each block has sums of its own; a second step adds the blocks in order and puts the weights in place. Only
 * images that exist are summed.
 */
import type { Node } from "../../../graph/node.ts";
import type { SpecialKernel } from "../../../plan/kernel.ts";
import { blocksOf } from "../../../plan/layout.ts";
import type { KernelStep, Target } from "../target.ts";
import { inLanes } from "./conv2d.ts";
import { emitBlock, scratchBytes } from "./weight-grad/block.ts";
import { emitGather, gatherChunks } from "./weight-grad/gather.ts";
import { emitMargin } from "./weight-grad/margin.ts";
import { planWeightGrad } from "./weight-grad/plan.ts";

export const acceptsWeightGrad = (node: Node): boolean => node.inputs.every(inLanes);

export function emitWeightGrad(target: Target, { core, node }: SpecialKernel): KernelStep[] {
  const [x, ct] = core.inputs;
  const plan = planWeightGrad(core, target.tileVectors);
  const blocks = blocksOf(ct.shape[0]);
  const words = plan.blockBytes / 4;
  const sums = target.temporary({
    perBlock: true,
    layout: { lanes: false, order: [0, 1], strides: [words, 1], size: words * blocks },
    type: { shape: [blocks, words], dtype: "f32", batched: false },
  });
  const padding = plan.margin && emitMargin(target, x, plan.margin);
  const input = padding ? padding.writes[0] : x.id;
  return [
    ...(padding ? [padding] : []),
    {
      func: emitBlock(target, plan, input, ct.id, sums),
      split: "block",
      chunks: blocks,
      scratch: scratchBytes(plan),
      reads: [input, ct.id],
      writes: [sums],
      label: core.op,
    },
    {
      func: emitGather(target, plan, node.id, sums),
      split: "range",
      chunks: gatherChunks(plan),
      reads: [sums],
      writes: [node.id],
      label: `${core.op} sum of blocks`,
    },
  ];
}
