/** y = x/(1 + |x|): like tanh, but its tails fall off as slowly as 1/x² (Bergstra et al. 2009). */
import type { LayerSpec } from "../layer-spec.ts";
import { Activation } from "./activation.ts";
import { elementSamples } from "./samples.ts";

export const softsign = (): Activation => new Activation("softsign", (x) => x.div(x.abs().add(1)));

export const softsignSpec: LayerSpec = {
  name: "softsign",
  formula: "y = x/(1 + |x|)",
  shapes: "any → the same",
  source: "Bergstra et al. 2009, Université de Montréal, technical report 1337",
  torch: "nn.Softsign",
  samples: /* @__PURE__ */ elementSamples([0], ["default", () => softsign(), "nn.Softsign()"]),
};
