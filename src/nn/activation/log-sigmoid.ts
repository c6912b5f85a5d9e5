/** y = ln(1/(1 + e^(−x))), computed as −softplus(−x), which does not overflow. */
import { softplus as softplusOp } from "../../ops/softplus.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Activation } from "./activation.ts";
import { elementSamples } from "./samples.ts";

export const logSigmoid = (): Activation =>
  new Activation("logSigmoid", (x) => x.builder.apply(softplusOp, [x.neg()]).neg());

export const logSigmoidSpec: LayerSpec = {
  name: "logSigmoid",
  formula: "y = ln(1/(1 + e^(−x)))",
  shapes: "any → the same",
  source: "Cox 1958, Journal of the Royal Statistical Society B 20: logistic regression",
  torch: "nn.LogSigmoid",
  samples: /* @__PURE__ */ elementSamples(
    [0, -40, 40],
    ["default", () => logSigmoid(), "nn.LogSigmoid()"],
  ),
};
