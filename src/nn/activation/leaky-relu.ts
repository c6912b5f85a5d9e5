/** y = x where x > 0, else negativeSlope·x: no unit is ever quite dead (Maas, Hannun and Ng 2013). */
import { leakyRelu as leakyReluOp } from "../../ops/leaky-relu.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Activation } from "./activation.ts";
import { elementSamples } from "./samples.ts";

export const leakyRelu = (negativeSlope = 0.01): Activation =>
  new Activation("leakyRelu", (x) => x.builder.apply(leakyReluOp, [x], { negativeSlope }));

export const leakyReluSpec: LayerSpec = {
  name: "leakyRelu",
  formula: "y = x where x > 0, else negativeSlope·x",
  shapes: "any → the same",
  source: "Maas, Hannun and Ng 2013, ICML",
  torch: "nn.LeakyReLU",
  samples: /* @__PURE__ */ elementSamples(
    [0],
    ["default", () => leakyRelu(), "nn.LeakyReLU()"],
    ["slope 0.2", () => leakyRelu(0.2), "nn.LeakyReLU(0.2)"],
  ),
};
