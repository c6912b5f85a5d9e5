/** All values alike. */
import type { InitSpec } from "./init-spec.ts";
import { fill, type Init } from "./initializer.ts";

export const constant = (value: number): Init => fill(() => value);
export const zeros = (): Init => constant(0);
export const ones = (): Init => constant(1);

const of = (name: string, init: Init, value: number, formula: string): InitSpec => ({
  name,
  formula,
  shapes: "any",
  source: "elementary",
  torch: `nn.init.${name}_`,
  samples: [{ init, shape: [4, 3], mean: value, std: 0, low: value, high: value }],
});

export const constantSpec: InitSpec = /* @__PURE__ */ of("constant", constant(3), 3, "w = c");
export const zerosSpec: InitSpec = /* @__PURE__ */ of("zeros", zeros(), 0, "w = 0");
export const onesSpec: InitSpec = /* @__PURE__ */ of("ones", ones(), 1, "w = 1");
