/** y = ReLU6(x + 3)/6: the sigmoid in three straight lines. The gradient at ±3 is 0. */
import type { LayerSpec } from "../layer-spec.ts";
import { Activation } from "./activation.ts";
import { clip } from "./hard-tanh.ts";
import { elementSamples } from "./samples.ts";

export const hardSigmoid = (): Activation =>
  new Activation("hardSigmoid", (x) => clip(x.add(3), 0, 6).div(6));

export const hardSigmoidSpec: LayerSpec = {
  name: "hardSigmoid",
  formula: "y = ReLU6(x + 3)/6",
  shapes: "any → the same",
  source: "Howard et al. 2019, arXiv:1905.02244, section 5.2",
  torch: "nn.Hardsigmoid",
  // Its formula instead of PyTorch's module, which has the slope 1/6 in single precision only.
  samples: /* @__PURE__ */ elementSamples(
    [-3, 0, 3],
    ["default", () => hardSigmoid(), "lambda x: F.relu6(x + 3) / 6"],
  ),
};
