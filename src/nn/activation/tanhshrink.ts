/** y = x − tanh x: next to nothing near 0, x ∓ 1 far from it. */
import type { LayerSpec } from "../layer-spec.ts";
import { Activation } from "./activation.ts";
import { elementSamples } from "./samples.ts";

export const tanhshrink = (): Activation =>
  new Activation("tanhshrink", (x) => x.sub(x.builder.apply("tanh", [x])));

export const tanhshrinkSpec: LayerSpec = {
  name: "tanhshrink",
  formula: "y = x − tanh x",
  shapes: "any → the same",
  source: "elementary",
  torch: "nn.Tanhshrink",
  samples: /* @__PURE__ */ elementSamples([0], ["default", () => tanhshrink(), "nn.Tanhshrink()"]),
};
