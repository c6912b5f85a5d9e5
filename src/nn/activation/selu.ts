/**
 * y = λ·(x where x > 0, else α·(e^x − 1)), with α and λ such that layers on layers keep mean 0 and variance 1 (Klambauer
 * et al. 2017). It wants weights drawn with `lecunNormal` and `alphaDropout`.
 */
import type { LayerSpec } from "../layer-spec.ts";
import { Activation } from "./activation.ts";
import { eluOf } from "./elu.ts";
import { elementSamples } from "./samples.ts";

// The fixed point of mean 0 and variance 1, to the last digit of a double.
export const SELU_ALPHA = 1.6732632423543772;
export const SELU_SCALE = 1.0507009873554805;

export const selu = (): Activation =>
  new Activation("selu", (x) => eluOf(x, SELU_ALPHA).mul(SELU_SCALE));

export const seluSpec: LayerSpec = {
  name: "selu",
  formula: "y = λ·(x where x > 0, else α·(e^x − 1)), λ = 1.0507…, α = 1.6732…",
  shapes: "any → the same",
  source: "Klambauer et al. 2017, arXiv:1706.02515, equation 2",
  torch: "nn.SELU",
  samples: /* @__PURE__ */ elementSamples([0], ["default", () => selu(), "nn.SELU()"]),
};
