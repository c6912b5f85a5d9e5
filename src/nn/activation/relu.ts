/** y = max(x, 0) (Nair and Hinton 2010). The gradient at 0 is 0. */
import type { LayerSpec } from "../layer-spec.ts";
import { Activation } from "./activation.ts";
import { elementSamples } from "./samples.ts";

export const relu = (): Activation => new Activation("relu", (x) => x.builder.apply("relu", [x]));

export const reluSpec: LayerSpec = {
  name: "relu",
  formula: "y = max(x, 0)",
  shapes: "any → the same",
  source: "Nair and Hinton 2010, ICML",
  torch: "nn.ReLU",
  samples: /* @__PURE__ */ elementSamples([0, -0], ["default", () => relu(), "nn.ReLU()"]),
};
