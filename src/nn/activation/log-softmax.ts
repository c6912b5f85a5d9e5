/** yᵢ = xᵢ − ln Σⱼ e^(xⱼ) along an axis: the logarithm of softmax, which loses nothing where that is near 0. */
import type { LayerSpec } from "../layer-spec.ts";
import { Activation } from "./activation.ts";

export const logSoftmax = (axis = 1): Activation =>
  new Activation("logSoftmax", (x) => x.builder.apply("logSoftmax", [x], { axis }));

export const logSoftmaxSpec: LayerSpec = {
  name: "logSoftmax",
  formula: "yᵢ = xᵢ − ln Σⱼ e^(xⱼ) along an axis",
  shapes: "any → the same",
  source: "Bridle 1990, NIPS 2",
  torch: "nn.LogSoftmax",
  // biome-ignore format: one case a line
  samples: [
    { name: "classes", make: () => logSoftmax(), inputs: [{ shape: [7], low: -3, high: 3 }], output: [7], torch: "nn.LogSoftmax(1)" },
    { name: "last axis", make: () => logSoftmax(-1), inputs: [{ shape: [3, 5], low: -3, high: 3 }], output: [3, 5], torch: "nn.LogSoftmax(-1)" },
  ],
};
