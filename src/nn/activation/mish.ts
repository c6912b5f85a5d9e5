/** y = x·tanh(ln(1 + e^x)): smooth, and below zero not quite zero (Misra 2019). */
import type { LayerSpec } from "../layer-spec.ts";
import { Activation } from "./activation.ts";
import { elementSamples } from "./samples.ts";

export const mish = (): Activation =>
  new Activation("mish", (x) => {
    // With u = e^x, tanh(ln(1 + u)) = n/(n + 2), n = u·(u + 2): one exponential. From x = 20 on it is 1 in doubles.
    const u = x.minimum(20).exp();
    const n = u.mul(u.add(2));
    return x.mul(n.div(n.add(2)));
  });

export const mishSpec: LayerSpec = {
  name: "mish",
  formula: "y = x·tanh(ln(1 + e^x))",
  shapes: "any → the same",
  source: "Misra 2019, arXiv:1908.08681",
  torch: "nn.Mish",
  samples: /* @__PURE__ */ elementSamples([0, 20, 25], ["default", () => mish(), "nn.Mish()"]),
};
