/** All axes from `start` on become one; the batch axis stays. */
import type { Tensor } from "../../graph/tensor.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Module } from "../module.ts";

export class Flatten extends Module {
  readonly start: number;

  constructor(start: number) {
    super();
    this.start = start;
  }

  override get kind(): string {
    return "flatten";
  }

  forward(x: Tensor): Tensor {
    return x.flatten(this.start);
  }
}

export const flatten = (start = 1): Flatten => new Flatten(start);

export const flattenSpec: LayerSpec = {
  name: "flatten",
  formula: "y = x with all axes from start on as one",
  shapes: "N×C×H×W → N×(C·H·W)",
  source: "PyTorch",
  torch: "nn.Flatten",
  samples: [
    {
      name: "images",
      make: () => flatten(),
      inputs: [{ shape: [3, 5, 4] }],
      output: [60],
      torch: "nn.Flatten()",
    },
  ],
};
