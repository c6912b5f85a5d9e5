/** y = x: stands where a layer may be, such as a shortcut. */
import type { Tensor } from "../../graph/tensor.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Module } from "../module.ts";

export class Identity extends Module {
  override get kind(): string {
    return "identity";
  }

  forward(x: Tensor): Tensor {
    return x;
  }
}

export const identity = (): Identity => new Identity();

export const identitySpec: LayerSpec = {
  name: "identity",
  formula: "y = x",
  shapes: "any → the same",
  source: "elementary",
  torch: "nn.Identity",
  samples: [
    {
      name: "rows",
      make: () => identity(),
      inputs: [{ shape: [3, 2] }],
      output: [3, 2],
      torch: "nn.Identity()",
    },
  ],
};
