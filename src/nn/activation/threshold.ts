/** y = x where x > threshold, else value. */
import type { LayerSpec } from "../layer-spec.ts";
import { Activation } from "./activation.ts";
import { elementSamples } from "./samples.ts";

export const threshold = (above: number, value: number): Activation =>
  new Activation("threshold", (x) => x.gt(above).where(x, value));

export const thresholdSpec: LayerSpec = {
  name: "threshold",
  formula: "y = x where x > threshold, else value",
  shapes: "any → the same",
  source: "elementary",
  torch: "nn.Threshold",
  samples: /* @__PURE__ */ elementSamples(
    [0.5, -2],
    ["above 0.5", () => threshold(0.5, -2), "nn.Threshold(0.5, -2)"],
  ),
};
