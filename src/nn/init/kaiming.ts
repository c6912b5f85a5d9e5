/**
 * He et al. 2015, arXiv:1502.01852, equations 10 and 14: values keep their variance through layers with a (leaky) ReLU.
 * U(±gain·√(3/fan)), or normal values of the same variance gain²/fan, with the fan of the forward or of the backward pass.
 */
import type { Shape } from "../../core/shape.ts";
import { checkWord } from "./check-word.ts";
import { fans } from "./fans.ts";
import { calculateGain, type Nonlinearity } from "./gain.ts";
import type { InitSpec } from "./init-spec.ts";
import type { Init } from "./initializer.ts";
import { normal } from "./normal.ts";
import { uniform } from "./uniform.ts";

export interface KaimingOptions {
  /** Slope below zero of the leaky ReLU that follows; 0 by default. */
  readonly a?: number;
  /** "fanIn" by default. */
  readonly mode?: "fanIn" | "fanOut";
  /** "leakyRelu" by default. */
  readonly nonlinearity?: Nonlinearity;
}

function kaimingStd(shape: Shape, options: KaimingOptions): number {
  const { a = 0, mode = "fanIn", nonlinearity = "leakyRelu" } = options;
  checkWord("kaiming", mode, ["fanIn", "fanOut"]);
  return calculateGain(nonlinearity, a) / Math.sqrt(fans(shape)[mode]);
}

export const kaimingUniform =
  (options: KaimingOptions = {}): Init =>
  (shape, random) => {
    const bound = Math.sqrt(3) * kaimingStd(shape, options);
    return uniform(-bound, bound)(shape, random);
  };

export const kaimingNormal =
  (options: KaimingOptions = {}): Init =>
  (shape, random) =>
    normal(0, kaimingStd(shape, options))(shape, random);

const source = "He et al. 2015, arXiv:1502.01852, equations 10 and 14";

// Fan-in 8·9 = 72, fan-out 64·9 = 576.
export const kaimingUniformSpec: InitSpec = {
  name: "kaimingUniform",
  formula: "w ~ U(±gain·√(3/fan))",
  shapes: "O×I×k…",
  source,
  torch: "nn.init.kaiming_uniform_",
  // biome-ignore format: one case a line
  samples: [
    { init: /* @__PURE__ */ kaimingUniform(), shape: [64, 8, 3, 3], mean: 0, std: Math.sqrt(2 / 72), low: -Math.sqrt(6 / 72), high: Math.sqrt(6 / 72) },
    { init: /* @__PURE__ */ kaimingUniform({ a: 1, mode: "fanOut" }), shape: [64, 8, 3, 3], mean: 0, std: Math.sqrt(1 / 576), low: -Math.sqrt(3 / 576), high: Math.sqrt(3 / 576) },
  ],
};

export const kaimingNormalSpec: InitSpec = {
  name: "kaimingNormal",
  formula: "w ~ N(0, gain²/fan)",
  shapes: "O×I×k…",
  source,
  torch: "nn.init.kaiming_normal_",
  // biome-ignore format: one case a line
  samples: [
    { init: /* @__PURE__ */ kaimingNormal({ mode: "fanOut", nonlinearity: "relu" }), shape: [64, 8, 3, 3], mean: 0, std: Math.sqrt(2 / 576) },
    { init: /* @__PURE__ */ kaimingNormal({ nonlinearity: "selu" }), shape: [64, 8, 3, 3], mean: 0, std: 0.75 / Math.sqrt(72) },
  ],
};
