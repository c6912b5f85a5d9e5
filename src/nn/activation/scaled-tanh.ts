/** y = 1.7159·tanh(2x/3), so that f(±1) = ±1: targets of ±1 lie where the slope is still steep (LeCun 1989). */
import type { LayerSpec } from "../layer-spec.ts";
import { Activation } from "./activation.ts";
import { elementSamples } from "./samples.ts";

export const scaledTanh = (): Activation =>
  new Activation("scaledTanh", (x) => x.builder.apply("tanh", [x.mul(2 / 3)]).mul(1.7159));

export const scaledTanhSpec: LayerSpec = {
  name: "scaledTanh",
  formula: "y = 1.7159·tanh(2x/3)",
  shapes: "any → the same",
  source: "LeCun et al. 1998, “Efficient BackProp”, section 4.4; LeCun et al. 1989",
  torch: null,
  samples: /* @__PURE__ */ elementSamples(
    [0, 1, -1],
    ["default", () => scaledTanh(), "scaled_tanh"],
  ),
};
