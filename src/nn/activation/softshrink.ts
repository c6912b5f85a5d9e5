/** y = x drawn towards 0 by λ, and 0 where |x| ≤ λ: the proximal step of λ·|x|, as in sparse coding. */
import { ConvkitError } from "../../core/error.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Activation } from "./activation.ts";
import { elementSamples } from "./samples.ts";

export function softshrink(lambda = 0.5): Activation {
  if (!(lambda >= 0)) throw new ConvkitError("softshrink", `lambda is ${lambda}, expected ≥ 0`);
  return new Activation("softshrink", (x) =>
    x.gt(lambda).where(x.sub(lambda), x.lt(-lambda).where(x.add(lambda), 0)),
  );
}

export const softshrinkSpec: LayerSpec = {
  name: "softshrink",
  formula: "y = x − λ where x > λ, x + λ where x < −λ, else 0",
  shapes: "any → the same",
  source: "Donoho 1995, IEEE Transactions on Information Theory 41",
  torch: "nn.Softshrink",
  samples: /* @__PURE__ */ elementSamples(
    [-0.5, 0, 0.5, 2, -2],
    ["default", () => softshrink(), "nn.Softshrink()"],
    ["lambda 2", () => softshrink(2), "nn.Softshrink(2)"],
    ["lambda 0", () => softshrink(0), "nn.Softshrink(0)"],
  ),
};
