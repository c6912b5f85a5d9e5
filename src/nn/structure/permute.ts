/** The axes in another order: axis i of the result is axis `axes[i]` of x. The batch axis, 0, stays the first. */
import type { Tensor } from "../../graph/tensor.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Module } from "../module.ts";

export class Permute extends Module {
  readonly axes: readonly number[];

  constructor(axes: readonly number[]) {
    super();
    this.axes = axes;
  }

  override get kind(): string {
    return "permute";
  }

  forward(x: Tensor): Tensor {
    return x.transpose(...this.axes);
  }
}

/** `permute(0, 2, 3, 1)`: channels last. */
export const permute = (...axes: number[]): Permute => new Permute(axes);

export const permuteSpec: LayerSpec = {
  name: "permute",
  formula: "y = x with axis axes[i] as axis i",
  shapes: "N×C×H×W → N×H×W×C, or another order",
  source: "elementary",
  torch: "torchvision.ops.Permute",
  samples: [
    {
      name: "channels last",
      make: () => permute(0, 2, 3, 1),
      inputs: [{ shape: [3, 2, 5] }],
      output: [2, 5, 3],
      torch: "torchvision.ops.Permute([0, 2, 3, 1])",
    },
  ],
};
