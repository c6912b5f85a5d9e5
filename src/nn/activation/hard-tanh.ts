/** y = min(max(x, minVal), maxVal): tanh in three straight lines (Collobert 2004). The gradient at the bounds is 0. */
import { ConvkitError } from "../../core/error.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Activation } from "./activation.ts";
import { elementSamples } from "./samples.ts";

/** x between two bounds, where its gradient is 0 already; that of the op `clamp` is 1 there. */
export const clip = (x: Tensor, low: number | Tensor, high: number | Tensor): Tensor =>
  x.le(low).where(low, x.ge(high).where(high, x));

export function hardTanh(minVal = -1, maxVal = 1): Activation {
  if (!(minVal < maxVal)) {
    throw new ConvkitError(
      "hardTanh",
      `minVal is ${minVal}, maxVal ${maxVal} — give minVal < maxVal`,
    );
  }
  return new Activation("hardTanh", (x) => clip(x, minVal, maxVal));
}

export const hardTanhSpec: LayerSpec = {
  name: "hardTanh",
  formula: "y = min(max(x, minVal), maxVal)",
  shapes: "any → the same",
  source: "Collobert 2004, thesis, Université de Paris VI",
  torch: "nn.Hardtanh",
  samples: /* @__PURE__ */ elementSamples(
    [-1, 1, -2, 0.5],
    ["default", () => hardTanh(), "nn.Hardtanh()"],
    ["bounds", () => hardTanh(-2, 0.5), "nn.Hardtanh(-2, 0.5)"],
  ),
};
