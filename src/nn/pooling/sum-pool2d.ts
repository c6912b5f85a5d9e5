/**
 * y = Σ of each window, padding counting as zeros: also what other layers scale by a divisor or a coefficient of their
 * own.
 */
import type { Tensor } from "../../graph/tensor.ts";
import { avgPool2d as avgPool2dOp, normalizeAvgPool } from "../../ops/avg-pool2d.ts";
import { poolAxes } from "../../ops/pooling.ts";
import { checkImages } from "../images.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Module } from "../module.ts";
import type { Pair } from "../pair.ts";
import { type Pool2dOptions, windowOptions } from "./pool2d.ts";

/** The sum over the elements of each window. */
export function windowSums(where: string, x: Tensor, options: Pool2dOptions): Tensor {
  checkImages(where, x);
  const attrs = normalizeAvgPool(where, options);
  const { kernel, stride } = attrs;
  // Padded as far as the last window hangs over in ceil mode, every window has the full number of elements, and
  // its sum is its mean times that number.
  const padding = poolAxes(where, x.shape.slice(2), attrs).flatMap((axis) => {
    const end = (axis.output - 1) * axis.stride + axis.kernel;
    return [axis.before, Math.max(axis.after, end - axis.before - axis.input)];
  });
  return x.builder.apply(avgPool2dOp, [x], { kernel, stride, padding }).mul(kernel[0] * kernel[1]);
}

export class SumPool2d extends Module {
  readonly options: Pool2dOptions;

  constructor(options: Pair | Pool2dOptions) {
    super();
    this.options = windowOptions(options);
  }

  override get kind(): string {
    return "sumPool2d";
  }

  forward(x: Tensor): Tensor {
    return windowSums(this.kind, x, this.options);
  }
}

/** `sumPool2d(2)`: the sum of each 2×2 window, stride 2. */
export const sumPool2d = (options: Pair | Pool2dOptions): SumPool2d => new SumPool2d(options);

export const sumPool2dSpec: LayerSpec = {
  name: "sumPool2d",
  formula: "y = Σ of the elements of each window",
  shapes: "N×C×H×W → N×C×H′×W′",
  source: "LeCun, Bottou, Bengio and Haffner 1998, section II-B, before its coefficient",
  torch: null,
  // biome-ignore format: one case a line
  samples: [
    { name: "2×2", make: () => sumPool2d(2), inputs: [{ shape: [3, 5, 4] }], output: [3, 2, 2], torch: "lambda x: sum_pool2d(x, (2, 2), (2, 2))" },
    { name: "all options", make: () => sumPool2d({ kernel: [3, 2], stride: 2, padding: [1, 0, 1, 1], ceilMode: true }), inputs: [{ shape: [2, 5, 6] }], output: [2, 3, 4], torch: "lambda x: sum_pool2d(F.pad(x, [1, 1, 1, 1]), (3, 2), (2, 2))" },
  ],
};
