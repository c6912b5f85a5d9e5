/**
 * y = the median of each window; of an even number of elements the lower one of the two in the middle, as torch.median
 * does. Robust against salt-and-pepper noise (Tukey 1977, Exploratory Data Analysis).
 *
 * A sorting network (Batcher 1968) over the window's elements, each a shifted picture: the exchanges that the middle
 * does not depend on are never computed. Where elements of a window are equal they share the gradient, in
 * parts that add up to the whole; torch.median gives it to one of them.
 */
import type { Tensor } from "../../graph/tensor.ts";
import { normalizeWindow } from "../../ops/pooling.ts";
import { checkPaddingMode, type PaddingMode, padImages } from "../convolution/pad-mode.ts";
import { checkImages } from "../images.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Module } from "../module.ts";
import type { Pair } from "../pair.ts";
import { type Pool2dOptions, windowOptions } from "./pool2d.ts";
import { windowTaps } from "./window-taps.ts";

export interface MedianPool2dOptions extends Pick<Pool2dOptions, "kernel" | "stride"> {
  /** As for convolutions; { kernel: 3, stride: 1, padding: "same" } is a filter that keeps the image's size. */
  readonly padding?: number | readonly number[] | "same" | "valid";
  /** The image mirrored by default, as in timm. */
  readonly paddingMode?: PaddingMode;
}

/** The middle of the values by Batcher's merge exchange (Knuth, TAOCP vol. 3, algorithm 5.2.2 M). */
function medianOf(values: readonly Tensor[]): Tensor {
  const wires = [...values];
  const n = wires.length;
  const top = 2 ** Math.max(0, Math.ceil(Math.log2(n)) - 1);
  for (let p = top; p >= 1 && n > 1; p /= 2) {
    for (let q = top, r = 0, d = p; ; d = q - p, q /= 2, r = p) {
      for (let i = 0; i + d < n; i++) {
        if ((i & p) !== r) continue;
        const [a, b] = [wires[i], wires[i + d]];
        wires[i] = a.minimum(b);
        wires[i + d] = a.maximum(b);
      }
      if (q === p) break;
    }
  }
  return wires[(n - 1) >> 1];
}

export class MedianPool2d extends Module {
  readonly options: MedianPool2dOptions;

  constructor(options: Pair | MedianPool2dOptions) {
    super();
    this.options = windowOptions<MedianPool2dOptions>(options);
    checkPaddingMode("medianPool2d", this.options.paddingMode ?? "reflect");
  }

  override get kind(): string {
    return "medianPool2d";
  }

  forward(x: Tensor): Tensor {
    const { kind, options } = this;
    checkImages(kind, x);
    const { padding } = normalizeWindow(kind, options);
    const padded = padImages(kind, x, padding, options.paddingMode ?? "reflect");
    return medianOf(windowTaps(kind, padded, options));
  }
}

/** `medianPool2d(3)`: the median of each 3×3 window, stride 3. */
export const medianPool2d = (options: Pair | MedianPool2dOptions): MedianPool2d =>
  new MedianPool2d(options);

export const medianPool2dSpec: LayerSpec = {
  name: "medianPool2d",
  formula: "y = the median of each window, of an even number the lower one",
  shapes: "N×C×H×W → N×C×H′×W′",
  source: "Tukey 1977; network: Batcher 1968, AFIPS 32",
  torch: "timm.layers.MedianPool2d",
  // biome-ignore format: one case a line
  samples: [
    { name: "3×3", make: () => medianPool2d({ kernel: 3, stride: 1 }), inputs: [{ shape: [2, 5, 4], distinct: 0.01 }], output: [2, 3, 2], torch: "lambda x: median_pool2d(x, (3, 3), (1, 1))" },
    { name: "even count", make: () => medianPool2d(2), inputs: [{ shape: [2, 5, 4], distinct: 0.01 }], output: [2, 2, 2], torch: "lambda x: median_pool2d(x, (2, 2), (2, 2))" },
    { name: "3×2, two strides", make: () => medianPool2d({ kernel: [3, 2], stride: [2, 1] }), inputs: [{ shape: [1, 7, 4], distinct: 0.01 }], output: [1, 3, 3], torch: "lambda x: median_pool2d(x, (3, 2), (2, 1))" },
    { name: "a filter of the same size", make: () => medianPool2d({ kernel: 3, stride: 1, padding: "same" }), inputs: [{ shape: [2, 5, 4], distinct: 0.01 }], output: [2, 5, 4], torch: "lambda x: median_pool2d(F.pad(x, [1, 1, 1, 1], 'reflect'), (3, 3), (1, 1))" },
    { name: "zeros on two sides", make: () => medianPool2d({ kernel: 2, padding: [1, 0, 0, 1], paddingMode: "zeros" }), inputs: [{ shape: [2, 5, 5], distinct: 0.01 }], output: [2, 3, 3], torch: "lambda x: median_pool2d(F.pad(x, [0, 1, 1, 0]), (2, 2), (2, 2))" },
  ],
};
