/** a·b as a layer, such as features by their gate: N×C×H×W by N×C×1×1 (Hu et al. 2017). The two broadcast. */
import type { Tensor } from "../../graph/tensor.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Module } from "../module.ts";

export class Multiply extends Module<readonly [Tensor, Tensor]> {
  override get kind(): string {
    return "multiply";
  }

  forward(a: Tensor, b: Tensor): Tensor {
    return a.mul(b);
  }
}

export const multiply = (): Multiply => new Multiply();

export const multiplySpec: LayerSpec = {
  name: "multiply",
  formula: "y = a·b",
  shapes: "two that broadcast → the larger",
  source: "Hu et al. 2017, arXiv:1709.01507, equation 4",
  torch: "torch.mul",
  // biome-ignore format: one case a line
  samples: [
    { name: "one shape", make: () => multiply(), inputs: [{ shape: [3, 2] }, { shape: [3, 2] }], output: [3, 2], torch: "torch.mul" },
    { name: "gates", make: () => multiply(), inputs: [{ shape: [3, 2, 5] }, { shape: [3, 1, 1] }], output: [3, 2, 5], torch: "torch.mul" },
  ],
};
