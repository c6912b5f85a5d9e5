/**
 * Matrix products with the batch in the lanes. A linear layer is a 1×1 convolution, of an image with one pixel or with
 * one for each token: the weights are read where they lie, whichever way round they are stored.
 */
import type { Node } from "../../../graph/node.ts";
import type { SpecialKernel } from "../../../plan/kernel.ts";
import type { KernelStep, Target } from "../target.ts";
import { blockStep, epilogueOf, inLanes } from "./conv2d.ts";
import { emitLaneConv } from "./lane-conv.ts";

/** x[N, K] or tokens x[N, T, K] times a weight that all images share. */
export const acceptsLinear = (node: Node): boolean => {
  const [x, w] = node.inputs;
  const rows = x.shape.length <= 3 && node.attrs.transposeA !== true;
  return inLanes(node) && inLanes(x) && rows && !w.batched && w.shape.length === 2;
};

export function emitLinear(target: Target, kernel: SpecialKernel): KernelStep[] {
  const { core, node } = kernel;
  const [x, w] = core.inputs;
  const [inputs, outputs] = [x, core].map(({ shape }) => shape[shape.length - 1]);
  const rowMajor = core.attrs.transposeB === true; // [O, I], as a linear layer keeps it
  const weightStride = {
    o: rowMajor ? inputs * 4 : 4,
    i: rowMajor ? 4 : outputs * 4,
    x: inputs * (rowMajor ? 4 : outputs * 4),
    y: 0,
  };
  const one = [1, 1] as const;
  const positions = [1, x.shape.length === 3 ? x.shape[1] : 1] as const;
  const func = emitLaneConv(
    target,
    {
      input: x.id,
      size: positions,
      channels: inputs,
      weights: (bytes) => target.address(w.id, bytes),
      weightStride,
      groups: 1,
      outChannels: outputs,
      positions,
      stride: one,
      origin: [0, 0],
      taps: one,
      dilation: one,
      output: node.id,
      outSize: positions,
      step: one,
      start: [0, 0],
      epilogue: epilogueOf(kernel),
    },
    core.op,
  );
  return [blockStep(kernel, func)];
}
