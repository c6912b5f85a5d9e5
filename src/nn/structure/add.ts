/** a + b as a layer, so that a residual sum has its line in summaries. */
import type { Tensor } from "../../graph/tensor.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Module } from "../module.ts";

export class Add extends Module<readonly [Tensor, Tensor]> {
  override get kind(): string {
    return "add";
  }

  forward(a: Tensor, b: Tensor): Tensor {
    return a.add(b);
  }
}

export const add = (): Add => new Add();

export const addSpec: LayerSpec = {
  name: "add",
  formula: "y = a + b",
  shapes: "two of one shape → the same",
  source: "He et al. 2015, arXiv:1512.03385, equation 1",
  torch: "torch.add",
  samples: [
    {
      name: "two branches",
      make: () => add(),
      inputs: [{ shape: [3, 2] }, { shape: [3, 2] }],
      output: [3, 2],
      torch: "torch.add",
    },
  ],
};
