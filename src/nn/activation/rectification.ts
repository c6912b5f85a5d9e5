/** y = |x| (Jarrett et al. 2009, R_abs): an edge counts, whichever side is bright. The gradient at 0 is 0. */
import type { LayerSpec } from "../layer-spec.ts";
import { Activation } from "./activation.ts";
import { elementSamples } from "./samples.ts";

export const rectification = (): Activation => new Activation("rectification", (x) => x.abs());

export const rectificationSpec: LayerSpec = {
  name: "rectification",
  formula: "y = |x|",
  shapes: "any → the same",
  source: "Jarrett et al. 2009, ICCV",
  torch: "torch.abs",
  samples: /* @__PURE__ */ elementSamples([0, -0], ["default", () => rectification(), "torch.abs"]),
};
