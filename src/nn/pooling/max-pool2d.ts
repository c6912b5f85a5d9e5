/** y = the largest element of each window; the first one in row-major order has the gradient. */
import type { LayerSpec } from "../layer-spec.ts";
import { type Pair, pair } from "../pair.ts";
import { Pool2d, type Pool2dOptions, windowOptions } from "./pool2d.ts";

export interface MaxPool2dOptions extends Pool2dOptions {
  /** Distance between the elements of a window; 1 by default. */
  readonly dilation?: Pair;
}

/** `maxPool2d(2)`: the largest value of each 2×2 window, stride 2. Padding never wins. */
export function maxPool2d(options: Pair | MaxPool2dOptions): Pool2d {
  const { dilation = 1, ...others } = windowOptions<MaxPool2dOptions>(options);
  return new Pool2d("maxPool2d", { ...others, dilation: pair(dilation) });
}

export const maxPool2dSpec: LayerSpec = {
  name: "maxPool2d",
  formula: "y = the largest element of each window; padding counts as −∞",
  shapes: "N×C×H×W → N×C×H′×W′",
  source: "Yamaguchi et al. 1990; Ranzato et al. 2007, CVPR",
  torch: "nn.MaxPool2d",
  // biome-ignore format: one case a line
  samples: [
    { name: "2×2", make: () => maxPool2d(2), inputs: [{ shape: [3, 5, 4], distinct: 0.01 }], output: [3, 2, 2], torch: "nn.MaxPool2d(2)" },
    { name: "all options", make: () => maxPool2d({ kernel: [3, 2], stride: 2, padding: 1, dilation: [1, 2], ceilMode: true }), inputs: [{ shape: [3, 6, 6], distinct: 0.01 }], output: [3, 4, 4], torch: "nn.MaxPool2d([3, 2], 2, 1, [1, 2], ceil_mode=True)" },
  ],
};
