/** y = x where |x| > λ, else 0. */
import type { LayerSpec } from "../layer-spec.ts";
import { Activation } from "./activation.ts";
import { elementSamples } from "./samples.ts";

export const hardshrink = (lambda = 0.5): Activation =>
  new Activation("hardshrink", (x) => x.abs().gt(lambda).where(x, 0));

export const hardshrinkSpec: LayerSpec = {
  name: "hardshrink",
  formula: "y = x where |x| > λ, else 0",
  shapes: "any → the same",
  source: "Donoho and Johnstone 1994, Biometrika 81",
  torch: "nn.Hardshrink",
  samples: /* @__PURE__ */ elementSamples(
    [-0.5, 0, 0.5, 2, -2],
    ["default", () => hardshrink(), "nn.Hardshrink()"],
    ["lambda 2", () => hardshrink(2), "nn.Hardshrink(2)"],
  ),
};
