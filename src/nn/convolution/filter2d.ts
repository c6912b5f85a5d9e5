/**
 * A fixed kernel over each channel by itself: a depthwise convolution without parameters. The padding mirrors the image
 * and keeps its size, unless told otherwise.
 */
import type { Tensor } from "../../graph/tensor.ts";
import { checkImages } from "../images.ts";
import { box } from "../kernels/box.ts";
import { checkKernel, type Kernel, kernelInit } from "../kernels/kernel.ts";
import { sobel } from "../kernels/sobel.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Module } from "../module.ts";
import { convolve, type WindowOptions } from "./conv2d.ts";
import { checkPaddingMode } from "./pad-mode.ts";

export type Filter2dOptions = WindowOptions;

export class Filter2d extends Module {
  readonly kernel: Kernel;
  readonly options: Filter2dOptions;
  readonly #kind: string;

  constructor(kernel: Kernel, options: Filter2dOptions, kind = "filter2d") {
    super();
    checkKernel(kind, kernel);
    this.kernel = kernel;
    this.options = { padding: "same", paddingMode: "reflect", ...options };
    this.#kind = kind;
    checkPaddingMode(kind, this.options.paddingMode ?? "zeros");
  }

  override get kind(): string {
    return this.#kind;
  }

  forward(x: Tensor): Tensor {
    checkImages(this.kind, x);
    const channels = x.shape[1];
    const shape = [channels, 1, ...this.kernel.shape];
    const w = this.buffer("kernel", shape, kernelInit(this.kernel), { persistent: false });
    return convolve(this.kind, x, w, channels, this.options);
  }
}

/** `filter2d(kernels.gaussian({ sigma: 1 }))` blurs images; `{ shape: [rows, columns], values }` is a kernel of your own. */
export const filter2d = (kernel: Kernel, options: Filter2dOptions = {}): Filter2d =>
  new Filter2d(kernel, options);

export const filter2dSpec: LayerSpec = {
  name: "filter2d",
  formula: "y[i] = k ⋆ x[i]",
  shapes: "N×C×H×W → N×C×H′×W′, the same size by default",
  source: "OpenCV's filter2D",
  torch: null,
  // biome-ignore format: one case a line
  samples: [
    { name: "Sobel", make: () => filter2d(sobel("x")), inputs: [{ shape: [2, 4, 5] }], output: [2, 4, 5], torch: "lambda x: filter2d(x, [[-1., 0, 1], [-2, 0, 2], [-1, 0, 1]])" },
    { name: "box, stride 2, replicate", make: () => filter2d(box([4, 2]), { stride: 2, paddingMode: "replicate", padding: 1 }), inputs: [{ shape: [3, 5, 4] }], output: [3, 2, 3], torch: "lambda x: F.avg_pool2d(F.pad(x, [1, 1, 1, 1], 'replicate'), (4, 2), 2)" },
  ],
};
