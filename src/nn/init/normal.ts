/** N(mean, std²). */
import type { InitSpec } from "./init-spec.ts";
import { fill, type Init } from "./initializer.ts";

export const normal = (mean = 0, std = 1): Init => fill((random) => mean + std * random.normal());

export const normalSpec: InitSpec = {
  name: "normal",
  formula: "w ~ N(mean, std²)",
  shapes: "any",
  source: "elementary",
  torch: "nn.init.normal_",
  samples: [{ init: /* @__PURE__ */ normal(1, 0.2), shape: [4608], mean: 1, std: 0.2 }],
};
