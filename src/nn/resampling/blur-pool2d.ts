/**
 * A blur before the stride, so that a shift of the image by a pixel does not change what is left of it: the binomial
 * kernel over each channel. Put it behind `maxPool2d({ kernel: 2, stride: 1 })` or a convolution without stride.
 */
import { Filter2d } from "../convolution/filter2d.ts";
import type { PaddingMode } from "../convolution/pad-mode.ts";
import { binomial } from "../kernels/binomial.ts";
import type { LayerSpec } from "../layer-spec.ts";

export interface BlurPool2dOptions {
  /** Rows and columns of the kernel; 3 by default. */
  readonly kernel?: number;
  /** 2 by default. */
  readonly stride?: number;
  /** "reflect" by default. */
  readonly paddingMode?: PaddingMode;
}

/** With timm's padding, (stride + kernel − 2)/2 to each side, rounded down. */
export function blurPool2d(options: BlurPool2dOptions = {}): Filter2d {
  const { kernel = 3, stride = 2, paddingMode = "reflect" } = options;
  const padding = Math.floor((stride + kernel - 2) / 2);
  return new Filter2d(binomial(kernel), { stride, padding, paddingMode }, "blurPool2d");
}

export const blurPool2dSpec: LayerSpec = {
  name: "blurPool2d",
  formula: "y[i, j] = (k ⋆ x)[s·i, s·j], k the binomial kernel",
  shapes: "N×C×H×W → N×C×H′×W′, ⌈H/2⌉ for odd kernels and stride 2",
  source: "Zhang 2019, arXiv:1904.11486, section 3.2",
  torch: "timm.layers.BlurPool2d",
  // biome-ignore format: one case a line
  samples: [
    { name: "3", make: () => blurPool2d(), inputs: [{ shape: [3, 5, 6] }], output: [3, 3, 3], torch: "lambda x: blur_pool2d(x, [1., 2, 1], 2, 1)" },
    { name: "4, stride 3, replicate", make: () => blurPool2d({ kernel: 4, stride: 3, paddingMode: "replicate" }), inputs: [{ shape: [2, 7, 6] }], output: [2, 3, 3], torch: "lambda x: blur_pool2d(x, [1., 3, 3, 1], 3, 2, 'replicate')" },
  ],
};
