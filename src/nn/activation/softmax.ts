/** yᵢ = e^(xᵢ)/Σⱼ e^(xⱼ) along an axis: numbers become probabilities (Bridle 1990). */
import type { LayerSpec } from "../layer-spec.ts";
import { Activation } from "./activation.ts";

export const softmax = (axis = 1): Activation =>
  new Activation("softmax", (x) => x.builder.apply("softmax", [x], { axis }));

export const softmaxSpec: LayerSpec = {
  name: "softmax",
  formula: "yᵢ = e^(xᵢ)/Σⱼ e^(xⱼ) along an axis",
  shapes: "any → the same",
  source: "Bridle 1990, NIPS 2",
  torch: "nn.Softmax",
  // biome-ignore format: one case a line
  samples: [
    { name: "classes", make: () => softmax(), inputs: [{ shape: [7], low: -3, high: 3 }], output: [7], torch: "nn.Softmax(1)" },
    { name: "last axis", make: () => softmax(-1), inputs: [{ shape: [3, 5], low: -3, high: 3 }], output: [3, 5], torch: "nn.Softmax(-1)" },
  ],
};
