/** N(mean, std²). */
import { ConvkitError } from "../../core/error.ts";
import type { InitSpec } from "./init-spec.ts";
import { fill, type Init } from "./initializer.ts";

export function normal(mean = 0, std = 1): Init {
  checkNormal("normal", mean, std);
  return fill((random) => mean + std * random.normal());
}

export function checkNormal(where: string, mean: number, std: number): void {
  if (Number.isFinite(mean) && std >= 0 && Number.isFinite(std)) return;
  throw new ConvkitError(
    where,
    `mean is ${mean} and std ${std}, expected a number and a number from 0 on`,
  );
}

export const normalSpec: InitSpec = {
  name: "normal",
  formula: "w ~ N(mean, std²)",
  shapes: "any",
  source: "elementary",
  torch: "nn.init.normal_",
  samples: [{ init: /* @__PURE__ */ normal(1, 0.2), shape: [4608], mean: 1, std: 0.2 }],
};
