/**
 * LeCun et al. 1998, "Efficient BackProp", section 4.6: values of variance 1/fanIn, uniform or normal; what self-normalising
 * networks start from (Klambauer et al. 2017, arXiv:1706.02515).
 */
import { fans } from "./fans.ts";
import type { InitSpec } from "./init-spec.ts";
import type { Init } from "./initializer.ts";
import { normal } from "./normal.ts";
import { uniform } from "./uniform.ts";

export const lecunUniform = (): Init => (shape, random) => {
  const bound = Math.sqrt(3 / fans(shape).fanIn);
  return uniform(-bound, bound)(shape, random);
};

export const lecunNormal = (): Init => (shape, random) =>
  normal(0, 1 / Math.sqrt(fans(shape).fanIn))(shape, random);

const source = "LeCun et al. 1998, Efficient BackProp, section 4.6";

export const lecunUniformSpec: InitSpec = {
  name: "lecunUniform",
  formula: "w ~ U(±√(3/fanIn))",
  shapes: "O×I×k…",
  source,
  torch: "nn.init.kaiming_uniform_(w, nonlinearity='linear')",
  // biome-ignore format: one case a line
  samples: [
    { init: /* @__PURE__ */ lecunUniform(), shape: [64, 8, 3, 3], mean: 0, std: Math.sqrt(1 / 72), low: -Math.sqrt(3 / 72), high: Math.sqrt(3 / 72) },
  ],
};

export const lecunNormalSpec: InitSpec = {
  name: "lecunNormal",
  formula: "w ~ N(0, 1/fanIn)",
  shapes: "O×I×k…",
  source,
  torch: "nn.init.kaiming_normal_(w, nonlinearity='linear')",
  samples: [
    {
      init: /* @__PURE__ */ lecunNormal(),
      shape: [64, 8, 3, 3],
      mean: 0,
      std: Math.sqrt(1 / 72),
    },
  ],
};
