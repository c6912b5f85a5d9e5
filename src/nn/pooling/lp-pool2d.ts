/**
 * y = (Σ xᵖ)^(1/p) over each window: p = 1 sums, p = 2 is the root of the energy, p → ∞ the maximum. Elements are not
 * made positive first, as in PyTorch: with an odd p feed activations that are. Where the sum is 0 the gradient is 0.
 */

import { ConvkitError } from "../../core/error.ts";
import type { Attrs } from "../../graph/node.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { avgPool2d as avgPool2dOp } from "../../ops/avg-pool2d.ts";
import { checkImages } from "../images.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Module } from "../module.ts";
import type { Pair } from "../pair.ts";
import { power } from "../power.ts";
import { type Pool2dOptions, windowOptions } from "./pool2d.ts";

export type LpPool2dOptions = Omit<Pool2dOptions, "padding">;

export class LpPool2d extends Module {
  readonly p: number;
  readonly options: LpPool2dOptions;

  constructor(p: number, options: Pair | LpPool2dOptions) {
    super();
    checkPower("lpPool2d", p);
    this.p = p;
    this.options = windowOptions(options);
  }

  override get kind(): string {
    return "lpPool2d";
  }

  forward(x: Tensor): Tensor {
    checkImages(this.kind, x);
    return lpPool(x, this.p, windowOptions(this.options));
  }
}

/** N×C×H×W → N×C×H′×W′. */
export function lpPool(
  x: Tensor,
  p: number,
  window: Attrs & { readonly kernel: readonly number[] },
): Tensor {
  // In ceil mode PyTorch scales a window that hangs over up to the full number of elements; so its mean is taken.
  const mean = x.builder.apply(avgPool2dOp, [power(x, p)], window);
  const sum = mean.mul(window.kernel[0] * window.kernel[1]);
  const none = sum.eq(0);
  return none.where(0, power(none.where(1, sum), 1 / p));
}

export function checkPower(where: string, p: number): void {
  if (p > 0 && Number.isFinite(p)) return;
  throw new ConvkitError(where, `the power is ${p}, expected a number above 0`);
}

/** `lpPool2d(2, 3)`: the root of the sum of squares of each 3×3 window, stride 3. */
export const lpPool2d = (p: number, options: Pair | LpPool2dOptions): LpPool2d =>
  new LpPool2d(p, options);

export const lpPool2dSpec: LayerSpec = {
  name: "lpPool2d",
  formula: "y = (Σ xᵖ)^(1/p) over each window",
  shapes: "N×C×H×W → N×C×H′×W′",
  source: "Sermanet, Chintala and LeCun 2012, arXiv:1204.3968, equation 1",
  torch: "nn.LPPool2d",
  // biome-ignore format: one case a line
  samples: [
    { name: "p = 2", make: () => lpPool2d(2, 2), inputs: [{ shape: [2, 5, 4] }], output: [2, 2, 2], torch: "nn.LPPool2d(2, 2)" },
    { name: "p = 3, ceil mode", make: () => lpPool2d(3, { kernel: [3, 2], stride: 2, ceilMode: true }), inputs: [{ shape: [2, 6, 5], low: 0.1, high: 1 }], output: [2, 3, 3], torch: "nn.LPPool2d(3, (3, 2), 2, ceil_mode=True)" },
    { name: "p = 1", make: () => lpPool2d(1, { kernel: 3, stride: 1 }), inputs: [{ shape: [2, 4, 4] }], output: [2, 2, 2], torch: "nn.LPPool2d(1, 3, 1)" },
  ],
};
