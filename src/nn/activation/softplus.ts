/**
 * y = ln(1 + e^(β·x))/β: a smooth ReLU, the nearer to it the larger β (Dugas et al. 2000). Where β·x > threshold y is
 * x itself.
 */
import { softplus as softplusOp } from "../../ops/softplus.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Activation } from "./activation.ts";
import { elementSamples } from "./samples.ts";

export const softplus = (beta = 1, threshold = 20): Activation =>
  new Activation("softplus", (x) => {
    const scaled = beta === 1 ? x : x.mul(beta);
    const smooth = x.builder.apply(softplusOp, [scaled]);
    return scaled.gt(threshold).where(x, beta === 1 ? smooth : smooth.div(beta));
  });

export const softplusSpec: LayerSpec = {
  name: "softplus",
  formula: "y = ln(1 + e^(β·x))/β; y = x where β·x > threshold",
  shapes: "any → the same",
  source: "Dugas et al. 2000, NIPS 13",
  torch: "nn.Softplus",
  samples: /* @__PURE__ */ elementSamples(
    [0, 1.5, 1.75, 20, 20.5, 5],
    ["default", () => softplus(), "nn.Softplus()"],
    ["steep", () => softplus(4), "nn.Softplus(4)"],
    ["low threshold", () => softplus(2, 3), "nn.Softplus(2, 3)"],
  ),
};
