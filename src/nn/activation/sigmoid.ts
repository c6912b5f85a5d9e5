/** y = 1/(1 + e^(−x)). Its slope is ¼ at most, so a stack of them lets gradients vanish. */
import type { LayerSpec } from "../layer-spec.ts";
import { Activation } from "./activation.ts";
import { elementSamples } from "./samples.ts";

export const sigmoid = (): Activation =>
  new Activation("sigmoid", (x) => x.builder.apply("sigmoid", [x]));

export const sigmoidSpec: LayerSpec = {
  name: "sigmoid",
  formula: "y = 1/(1 + e^(−x))",
  shapes: "any → the same",
  source: "Verhulst 1845; Rumelhart et al. 1986",
  torch: "nn.Sigmoid",
  samples: /* @__PURE__ */ elementSamples([0], ["default", () => sigmoid(), "nn.Sigmoid()"]),
};
