/**
 * Glorot and Bengio 2010, "Understanding the difficulty of training deep feedforward neural networks", equation 16:
 * U(±gain·√(6/(fanIn + fanOut))), or normal values of the same variance gain²·2/(fanIn + fanOut). The fans of a
 * convolution count its receptive field: I·kH·kW and O·kH·kW.
 */
import { fans } from "./fans.ts";
import type { InitSpec } from "./init-spec.ts";
import type { Init } from "./initializer.ts";
import { normal } from "./normal.ts";
import { uniform } from "./uniform.ts";

export const xavierUniform =
  ({ gain = 1 } = {}): Init =>
  (shape, random) => {
    const { fanIn, fanOut } = fans(shape);
    const bound = gain * Math.sqrt(6 / (fanIn + fanOut));
    return uniform(-bound, bound)(shape, random);
  };

export const xavierNormal =
  ({ gain = 1 } = {}): Init =>
  (shape, random) => {
    const { fanIn, fanOut } = fans(shape);
    return normal(0, gain * Math.sqrt(2 / (fanIn + fanOut)))(shape, random);
  };

/** The same by the first author's family name, as TensorFlow and JAX have it. */
export const glorotUniform = xavierUniform;
export const glorotNormal = xavierNormal;

const source = "Glorot and Bengio 2010, AISTATS, equation 16";

export const xavierUniformSpec: InitSpec = {
  name: "xavierUniform",
  formula: "w ~ U(±gain·√(6/(fanIn + fanOut)))",
  shapes: "O×I×k…",
  source,
  torch: "nn.init.xavier_uniform_",
  // biome-ignore format: one case a line
  samples: [
    { init: /* @__PURE__ */ xavierUniform(), shape: [64, 8, 3, 3], mean: 0, std: Math.sqrt(2 / 648), low: -Math.sqrt(6 / 648), high: Math.sqrt(6 / 648) },
    // 5×5 kernels from 6 to 12 maps.
    { init: /* @__PURE__ */ glorotUniform(), shape: [12, 6, 5, 5], mean: 0, std: Math.sqrt(2 / ((6 + 12) * 25)), low: -Math.sqrt(6 / ((6 + 12) * 25)), high: Math.sqrt(6 / ((6 + 12) * 25)) },
  ],
};

export const xavierNormalSpec: InitSpec = {
  name: "xavierNormal",
  formula: "w ~ N(0, gain²·2/(fanIn + fanOut))",
  shapes: "O×I×k…",
  source,
  torch: "nn.init.xavier_normal_",
  // biome-ignore format: one case a line
  samples: [
    { init: /* @__PURE__ */ xavierNormal({ gain: 2 }), shape: [64, 8, 3, 3], mean: 0, std: 2 * Math.sqrt(2 / 648) },
    { init: /* @__PURE__ */ glorotNormal(), shape: [64, 72], mean: 0, std: Math.sqrt(2 / 136) },
  ],
};
