/** U(low, high). */
import type { InitSpec } from "./init-spec.ts";
import { fill, type Init } from "./initializer.ts";

export const uniform = (low = 0, high = 1): Init =>
  fill((random) => random.uniformRange(low, high));

export const uniformSpec: InitSpec = {
  name: "uniform",
  formula: "w ~ U(low, high)",
  shapes: "any",
  source: "elementary",
  torch: "nn.init.uniform_",
  samples: [
    {
      init: /* @__PURE__ */ uniform(-0.5, 1),
      shape: [4608],
      mean: 0.25,
      std: 1.5 / Math.sqrt(12),
      low: -0.5,
      high: 1,
    },
  ],
};
