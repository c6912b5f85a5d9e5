/**
 * What PyTorch's convolutions and linear layers start from: weights and biases of U(±1/√fanIn), the fan being the weight's
 * for both. (PyTorch writes it as Kaiming's with a = √5.)
 */
import type { Shape } from "../../core/shape.ts";
import { fans } from "./fans.ts";
import type { InitSpec } from "./init-spec.ts";
import type { Init } from "./initializer.ts";
import { uniform } from "./uniform.ts";

export const defaultWeight = (): Init => (shape, random) => defaultBias(shape)(shape, random);

export const defaultBias = (weightShape: Shape): Init => {
  const bound = 1 / Math.sqrt(fans(weightShape).fanIn);
  return uniform(-bound, bound);
};

const source = "PyTorch's layers; LeCun et al. 1998, Efficient BackProp, up to a factor of √3";

export const defaultWeightSpec: InitSpec = {
  name: "defaultWeight",
  formula: "w ~ U(±1/√fanIn)",
  shapes: "O×I×k…",
  source,
  torch: "nn.init.kaiming_uniform_(w, a=math.sqrt(5))",
  // biome-ignore format: one case a line
  samples: [
    { init: /* @__PURE__ */ defaultWeight(), shape: [64, 8, 3, 3], mean: 0, std: Math.sqrt(1 / 216), low: -Math.sqrt(1 / 72), high: Math.sqrt(1 / 72) },
  ],
};

export const defaultBiasSpec: InitSpec = {
  name: "defaultBias",
  formula: "b ~ U(±1/√fanIn), the fan of the weight",
  shapes: "O",
  source,
  torch: "nn.Linear.reset_parameters",
  // biome-ignore format: one case a line
  samples: [
    { init: /* @__PURE__ */ defaultBias([4608, 8, 3, 3]), shape: [4608], mean: 0, std: Math.sqrt(1 / 216), low: -Math.sqrt(1 / 72), high: Math.sqrt(1 / 72) },
  ],
};
