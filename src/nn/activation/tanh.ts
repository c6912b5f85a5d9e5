/** y = (e^x − e^(−x))/(e^x + e^(−x)): a sigmoid around 0. */
import type { LayerSpec } from "../layer-spec.ts";
import { Activation } from "./activation.ts";
import { elementSamples } from "./samples.ts";

export const tanh = (): Activation => new Activation("tanh", (x) => x.builder.apply("tanh", [x]));

export const tanhSpec: LayerSpec = {
  name: "tanh",
  formula: "y = (e^x − e^(−x))/(e^x + e^(−x))",
  shapes: "any → the same",
  source: "LeCun et al. 1998, “Efficient BackProp”, section 4.4",
  torch: "nn.Tanh",
  samples: /* @__PURE__ */ elementSamples([0], ["default", () => tanh(), "nn.Tanh()"]),
};
