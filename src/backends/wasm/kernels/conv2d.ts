/**
 * The convolution and its input gradient with the batch in the lanes, both as `lane-conv.ts`.
 *
 * Forward, the weights `[O][kH][kW][I]` are read where they lie. The input gradient is a convolution of the
 * cotangent with the kernel turned by 180° and its channels swapped; with a stride s the rows y of one
 * remainder y mod s meet only the taps of one remainder, so it is s × s small convolutions without a stride.
 */
import type { Node } from "../../../graph/node.ts";
import type { ConvolutionAttrs } from "../../../ops/convolution.ts";
import type { SpecialKernel } from "../../../plan/kernel.ts";
import { layoutOf } from "../../../plan/layout.ts";
import type { KernelStep, Target } from "../target.ts";
import { emitLaneConv, type LaneConv } from "./lane-conv.ts";
import { emitPack, type PackedTaps } from "./pack-weights.ts";

export const inLanes = (node: Node): boolean => layoutOf(node).lanes;

/** Weights are the same for all images: a plain tensor. */
const plainWeights = (node: Node): boolean => !node.inputs[1].batched;

export const acceptsConv2d = (node: Node): boolean =>
  inLanes(node) && inLanes(node.inputs[0]) && plainWeights(node) && node.attrs.flip !== true;

export const acceptsInputGrad = (node: Node): boolean => {
  const { stride, dilation } = node.attrs as unknown as ConvolutionAttrs;
  const strided = stride[0] > 1 || stride[1] > 1;
  const dilated = dilation[0] > 1 || dilation[1] > 1;
  return inLanes(node) && inLanes(node.inputs[0]) && plainWeights(node) && !(strided && dilated);
};

export function epilogueOf(kernel: SpecialKernel): LaneConv["epilogue"] {
  const { core, value, builder, vars } = kernel;
  return value && { core: core.id, value, builder, vars };
}

export function blockStep(
  kernel: SpecialKernel,
  func: number,
  extra: { reads?: readonly number[]; label?: string } = {},
): KernelStep {
  return {
    func,
    split: "block",
    chunks: Math.ceil(kernel.node.shape[0] / 16),
    reads: [...kernel.reads.map((node) => node.id), ...(extra.reads ?? [])],
    writes: [kernel.node.id],
    label: extra.label ?? kernel.core.op,
  };
}

export function emitConv2d(target: Target, kernel: SpecialKernel): KernelStep[] {
  const { core, node } = kernel;
  const [x, w] = core.inputs;
  const { stride, padding, dilation, groups } = core.attrs as unknown as ConvolutionAttrs;
  const [, channels, height, width] = x.shape;
  const [filters, perGroup, kernelHeight, kernelWidth] = w.shape;
  const outSize = [core.shape[2], core.shape[3]] as const;
  const func = emitLaneConv(
    target,
    {
      input: x.id,
      size: [height, width],
      channels,
      weights: (bytes) => target.address(w.id, bytes),
      weightStride: {
        o: kernelHeight * kernelWidth * perGroup * 4,
        y: kernelWidth * perGroup * 4,
        x: perGroup * 4,
        i: 4,
      },
      groups,
      outChannels: filters,
      positions: outSize,
      stride,
      origin: [-padding[0], -padding[2]],
      taps: [kernelHeight, kernelWidth],
      dilation,
      output: node.id,
      outSize,
      step: [1, 1],
      start: [0, 0],
      epilogue: epilogueOf(kernel),
    },
    core.op,
  );
  return [blockStep(kernel, func)];
}

/** Taps that rows of one remainder meet, and the first position of the cotangent they read. */
function tapsOf(remainder: number, kernel: number, stride: number, pad: number, dilation: number) {
  const taps: number[] = [];
  for (let k = kernel - 1; k >= 0; k--) {
    if ((remainder + pad - k * dilation) % stride === 0) taps.push(k);
  }
  const origin = taps.length ? (remainder + pad - taps[0] * dilation) / stride : 0;
  return { taps, origin };
}

export function emitInputGrad(target: Target, kernel: SpecialKernel): KernelStep[] {
  const { core, node } = kernel;
  const [ct, w] = core.inputs;
  const { stride, padding, dilation, groups } = core.attrs as unknown as ConvolutionAttrs;
  const [, channels, height, width] = core.shape;
  const [, filters, outHeight, outWidth] = ct.shape;
  const [, , kernelHeight, kernelWidth] = w.shape;
  const steps: KernelStep[] = [];
  for (let ry = 0; ry < Math.min(stride[0], height); ry++) {
    for (let rx = 0; rx < Math.min(stride[1], width); rx++) {
      const y = tapsOf(ry, kernelHeight, stride[0], padding[0], dilation[0]);
      const x = tapsOf(rx, kernelWidth, stride[1], padding[2], dilation[1]);
      const packed: PackedTaps = { taps: [y.taps, x.taps], groups };
      const { step, id } = emitPack(target, w, packed);
      const perFilter = filters / groups;
      const func = emitLaneConv(
        target,
        {
          input: ct.id,
          size: [outHeight, outWidth],
          channels: filters,
          weights: (bytes) => target.address(id, bytes),
          weightStride: {
            o: y.taps.length * x.taps.length * perFilter * 4,
            y: x.taps.length * perFilter * 4,
            x: perFilter * 4,
            i: 4,
          },
          groups,
          outChannels: channels,
          positions: [Math.ceil((height - ry) / stride[0]), Math.ceil((width - rx) / stride[1])],
          stride: [1, 1],
          origin: [y.origin, x.origin],
          taps: [y.taps.length, x.taps.length],
          dilation,
          output: node.id,
          outSize: [height, width],
          step: [stride[0], stride[1]],
          start: [ry, rx],
          epilogue: epilogueOf(kernel),
        },
        core.op,
      );
      steps.push(step, blockStep(kernel, func, { reads: [id] }));
    }
  }
  return steps;
}
