/** y = x·σ(1.702x): the GELU approximated with a sigmoid, as CLIP's published weights want it. */
import type { LayerSpec } from "../layer-spec.ts";
import { Activation } from "./activation.ts";
import { elementSamples } from "./samples.ts";

export const quickGelu = (): Activation =>
  new Activation("quickGelu", (x) => x.mul(x.builder.apply("sigmoid", [x.mul(1.702)])));

export const quickGeluSpec: LayerSpec = {
  name: "quickGelu",
  formula: "y = x·σ(1.702x)",
  shapes: "any → the same",
  source:
    "Hendrycks and Gimpel 2016, arXiv:1606.08415, section 2; Radford et al. 2021, arXiv:2103.00020",
  torch: "timm.layers.QuickGELU",
  samples: /* @__PURE__ */ elementSamples([0], ["default", () => quickGelu(), "quick_gelu"]),
};
