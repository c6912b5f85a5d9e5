/** y = x where x > 0, else α·(e^(x/α) − 1): an ELU with slope 1 at 0 from both sides, whatever α (Barron 2017). */
import { ConvkitError } from "../../core/error.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Activation } from "./activation.ts";
import { eluOf } from "./elu.ts";
import { elementSamples } from "./samples.ts";

export function celu(alpha = 1): Activation {
  if (alpha === 0) throw new ConvkitError("celu", "divides by alpha, which is 0 — give another");
  return new Activation("celu", (x) => eluOf(x, alpha, alpha));
}

export const celuSpec: LayerSpec = {
  name: "celu",
  formula: "y = x where x > 0, else α·(e^(x/α) − 1)",
  shapes: "any → the same",
  source: "Barron 2017, arXiv:1704.07483",
  torch: "nn.CELU",
  samples: /* @__PURE__ */ elementSamples(
    [0],
    ["default", () => celu(), "nn.CELU()"],
    ["alpha 0.5", () => celu(0.5), "nn.CELU(0.5)"],
  ),
};
