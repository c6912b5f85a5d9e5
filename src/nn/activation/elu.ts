/** y = x where x > 0, else α·(e^x − 1): a ReLU whose mean is nearer to 0 (Clevert, Unterthiner and Hochreiter 2015). */
import type { Tensor } from "../../graph/tensor.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Activation } from "./activation.ts";
import { elementSamples } from "./samples.ts";

/** x where x > 0, else α·(e^(x/width) − 1). */
export function eluOf(x: Tensor, alpha: number | Tensor, width: number | Tensor = 1): Tensor {
  // The branch not taken must stay finite, and its gradient at 0 is the slope of the exponential.
  const below = x.gt(0).where(0, width === 1 ? x : x.div(width));
  return x.gt(0).where(x, below.exp().sub(1).mul(alpha));
}

export const elu = (alpha = 1): Activation => new Activation("elu", (x) => eluOf(x, alpha));

export const eluSpec: LayerSpec = {
  name: "elu",
  formula: "y = x where x > 0, else α·(e^x − 1)",
  shapes: "any → the same",
  source: "Clevert, Unterthiner and Hochreiter 2015, arXiv:1511.07289, equation 15",
  torch: "nn.ELU",
  samples: /* @__PURE__ */ elementSamples(
    [0],
    ["default", () => elu(), "nn.ELU()"],
    ["alpha 0.3", () => elu(0.3), "nn.ELU(0.3)"],
  ),
};
