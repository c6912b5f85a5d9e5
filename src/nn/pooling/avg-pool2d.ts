/** y = the mean of each window. */

import { ConvkitError } from "../../core/error.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { avgPool2d as avgPool2dOp } from "../../ops/avg-pool2d.ts";
import type { LayerSpec } from "../layer-spec.ts";
import type { Pair } from "../pair.ts";
import { Pool2d, type Pool2dOptions, windowOptions } from "./pool2d.ts";
import { windowSums } from "./sum-pool2d.ts";

export interface AvgPool2dOptions extends Pool2dOptions {
  /** Whether padded zeros count into the mean (true by default); what hangs over in ceil mode never does. */
  readonly countIncludePad?: boolean;
  /** Divides the sum of a window instead of the number of its elements. */
  readonly divisorOverride?: number;
}

class OverriddenAvgPool2d extends Pool2d {
  readonly options: Pool2dOptions;
  readonly divisor: number;

  constructor(options: Pool2dOptions, divisor: number) {
    super(avgPool2dOp, { ...options, divisorOverride: divisor });
    this.options = options;
    this.divisor = divisor;
  }

  override forward(x: Tensor): Tensor {
    return windowSums(this.kind, x, this.options).div(this.divisor);
  }
}

/** `avgPool2d(2)`: the mean of each 2×2 window, stride 2. */
export function avgPool2d(options: Pair | AvgPool2dOptions): Pool2d {
  const {
    divisorOverride,
    countIncludePad = true,
    ...window
  } = windowOptions<AvgPool2dOptions>(options);
  if (divisorOverride === undefined) return new Pool2d(avgPool2dOp, { ...window, countIncludePad });
  if (divisorOverride === 0) {
    throw new ConvkitError(
      "avgPool2d",
      "divisorOverride is 0 — leave it out to divide by the count",
    );
  }
  return new OverriddenAvgPool2d(window, divisorOverride);
}

export const avgPool2dSpec: LayerSpec = {
  name: "avgPool2d",
  formula: "y = the mean of each window",
  shapes: "N×C×H×W → N×C×H′×W′",
  source: "LeCun et al. 1989, NIPS 2",
  torch: "nn.AvgPool2d",
  // biome-ignore format: one case a line
  samples: [
    { name: "padding counted", make: () => avgPool2d({ kernel: [3, 2], stride: [2, 1], padding: 1 }), inputs: [{ shape: [3, 5, 4] }], output: [3, 3, 5], torch: "nn.AvgPool2d([3, 2], [2, 1], 1)" },
    { name: "padding not counted", make: () => avgPool2d({ kernel: 3, stride: 2, padding: 1, countIncludePad: false }), inputs: [{ shape: [3, 5, 5] }], output: [3, 3, 3], torch: "nn.AvgPool2d(3, 2, 1, count_include_pad=False)" },
    { name: "ceil mode", make: () => avgPool2d({ kernel: 3, stride: 2, padding: 1, ceilMode: true }), inputs: [{ shape: [3, 6, 4] }], output: [3, 4, 3], torch: "nn.AvgPool2d(3, 2, 1, ceil_mode=True)" },
    { name: "divisor", make: () => avgPool2d({ kernel: 3, stride: 2, padding: 1, ceilMode: true, divisorOverride: 5 }), inputs: [{ shape: [3, 6, 4] }], output: [3, 4, 3], torch: "nn.AvgPool2d(3, 2, 1, ceil_mode=True, divisor_override=5)" },
  ],
};
