/**
 * Values of variance scale/n, n the fan-in, the fan-out or their mean: what Xavier's, Kaiming's and LeCun's have in common, as
 * TensorFlow, JAX and timm write it. A truncated normal is widened so that its variance is the wanted one after the cut.
 */
import { checkWord } from "./check-word.ts";
import { fans } from "./fans.ts";
import type { InitSpec } from "./init-spec.ts";
import type { Init } from "./initializer.ts";
import { normal } from "./normal.ts";
import { TRUNCATED_STD, truncNormalTf } from "./trunc-normal.ts";
import { uniform } from "./uniform.ts";

export interface VarianceScalingOptions {
  /** 1 by default. */
  readonly scale?: number;
  /** "fanIn" by default. */
  readonly mode?: "fanIn" | "fanOut" | "fanAvg";
  /** "normal" by default. */
  readonly distribution?: "normal" | "truncatedNormal" | "uniform";
}

export const varianceScaling =
  (options: VarianceScalingOptions = {}): Init =>
  (shape, random) => {
    const { scale = 1, mode = "fanIn", distribution = "normal" } = options;
    checkWord("varianceScaling", mode, ["fanIn", "fanOut", "fanAvg"]);
    checkWord("varianceScaling", distribution, ["normal", "truncatedNormal", "uniform"]);
    const { fanIn, fanOut } = fans(shape);
    const std = Math.sqrt(scale / { fanIn, fanOut, fanAvg: (fanIn + fanOut) / 2 }[mode]);
    const bound = Math.sqrt(3) * std;
    const draw = {
      normal: normal(0, std),
      truncatedNormal: truncNormalTf({ std: std / TRUNCATED_STD }),
      uniform: uniform(-bound, bound),
    };
    return draw[distribution](shape, random);
  };

export const varianceScalingSpec: InitSpec = {
  name: "varianceScaling",
  formula: "Var w = scale/n, n = fanIn, fanOut or (fanIn + fanOut)/2",
  shapes: "O×I×k…",
  source: "timm, after TensorFlow's VarianceScaling",
  torch: "timm.layers.variance_scaling_",
  // biome-ignore format: one case a line
  samples: [
    { init: /* @__PURE__ */ varianceScaling(), shape: [64, 8, 3, 3], mean: 0, std: Math.sqrt(1 / 72) },
    { init: /* @__PURE__ */ varianceScaling({ scale: 2, mode: "fanOut", distribution: "truncatedNormal" }), shape: [64, 8, 3, 3], mean: 0, std: Math.sqrt(2 / 576), low: (-2 * Math.sqrt(2 / 576)) / TRUNCATED_STD, high: (2 * Math.sqrt(2 / 576)) / TRUNCATED_STD },
    { init: /* @__PURE__ */ varianceScaling({ mode: "fanAvg", distribution: "uniform" }), shape: [64, 8, 3, 3], mean: 0, std: Math.sqrt(1 / 324), low: -Math.sqrt(3 / 324), high: Math.sqrt(3 / 324) },
  ],
};
