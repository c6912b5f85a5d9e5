/**
 * Matrix products with the batch in the lanes. A linear layer is a convolution of a 1×1 image: the weights
 * are read where they lie, whichever way round they are stored.
 */
import type { Node } from "../../../graph/node.ts";
import type { SpecialKernel } from "../../../plan/kernel.ts";
import type { KernelStep, Target } from "../target.ts";
import { blockStep, epilogueOf, inLanes } from "./conv2d.ts";
import { emitLaneConv } from "./lane-conv.ts";

/** x[N, K] times a weight that all images share. */
export const acceptsLinear = (node: Node): boolean => {
  const [x, w] = node.inputs;
  return inLanes(node) && inLanes(x) && x.shape.length === 2 && !w.batched && w.shape.length === 2;
};

export function emitLinear(target: Target, kernel: SpecialKernel): KernelStep[] {
  const { core, node } = kernel;
  const [x, w] = core.inputs;
  const [inputs, outputs] = [x.shape[1], core.shape[1]];
  const rowMajor = core.attrs.transposeB === true; // [O, I], as a linear layer keeps it
  const weightStride = {
    o: rowMajor ? inputs * 4 : 4,
    i: rowMajor ? 4 : outputs * 4,
    x: inputs * (rowMajor ? 4 : outputs * 4),
    y: 0,
  };
  const one = [1, 1] as const;
  const func = emitLaneConv(
    target,
    {
      input: x.id,
      size: one,
      channels: inputs,
      weights: (bytes) => target.address(w.id, bytes),
      weightStride,
      groups: 1,
      outChannels: outputs,
      positions: one,
      stride: one,
      origin: [0, 0],
      taps: one,
      dilation: one,
      output: node.id,
      outSize: one,
      step: one,
      start: [0, 0],
      epilogue: epilogueOf(kernel),
    },
    core.op,
  );
  return [blockStep(kernel, func)];
}
