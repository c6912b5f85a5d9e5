/** yᵢ = e^(−xᵢ)/Σⱼ e^(−xⱼ) along an axis: softmax of −x, large where x is small. */
import type { LayerSpec } from "../layer-spec.ts";
import { Activation } from "./activation.ts";

export const softmin = (axis = 1): Activation =>
  new Activation("softmin", (x) => x.builder.apply("softmax", [x.neg()], { axis }));

export const softminSpec: LayerSpec = {
  name: "softmin",
  formula: "yᵢ = e^(−xᵢ)/Σⱼ e^(−xⱼ) along an axis",
  shapes: "any → the same",
  source: "Bridle 1990, NIPS 2, of −x",
  torch: "nn.Softmin",
  // biome-ignore format: one case a line
  samples: [
    { name: "classes", make: () => softmin(), inputs: [{ shape: [7], low: -3, high: 3 }], output: [7], torch: "nn.Softmin(1)" },
    { name: "last axis", make: () => softmin(-1), inputs: [{ shape: [3, 5], low: -3, high: 3 }], output: [3, 5], torch: "nn.Softmin(-1)" },
  ],
};
