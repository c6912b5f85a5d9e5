/**
 * Stochastic pooling (Zeiler and Fergus 2013, arXiv:1301.3557). With pᵢ = aᵢ/Σ a over a window's activations:
 *
 *     training     y = a_l, l drawn with the probabilities p    (equations 4 and 5)
 *     evaluation   y = Σ pᵢ·aᵢ                                  (equation 6)
 *
 * Activations are those after a ReLU; what is below zero counts as zero, and a window of zeros gives zero.
 */

import type { Tensor } from "../../graph/tensor.ts";
import { randomUniform } from "../../ops/random-uniform.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { type Mode, Module } from "../module.ts";
import type { Pair } from "../pair.ts";
import { randomKey } from "../random-key.ts";
import { type Pool2dOptions, windowOptions } from "./pool2d.ts";
import { windowTaps } from "./window-taps.ts";

export type StochasticPool2dOptions = Pick<Pool2dOptions, "kernel" | "stride">;

export class StochasticPool2d extends Module {
  readonly options: StochasticPool2dOptions;

  constructor(options: Pair | StochasticPool2dOptions) {
    super();
    this.options = windowOptions(options);
  }

  override get kind(): string {
    return "stochasticPool2d";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const { builder } = x;
    const a = windowTaps(this.kind, builder.apply("relu", [x]), this.options);
    const upTo = [a[0]];
    for (const v of a.slice(1)) upTo.push(upTo[upTo.length - 1].add(v));
    const total = upTo[a.length - 1];
    if (!mode.training) {
      const squares = a.map((v) => v.square()).reduce((sum, v) => sum.add(v));
      return squares.div(total.gt(0).where(total, 1));
    }
    const { key, salt } = randomKey(this.kind, builder, mode);
    const { shape, batched } = total;
    const drawn = builder.apply(randomUniform, [key], { shape, batched, salt }).mul(total);
    // The first element up to which the sum exceeds u·Σ a; elements of zero are never the first.
    return a.reduceRight((later, v, i) => drawn.lt(upTo[i]).where(v, later));
  }
}

/** `stochasticPool2d(2)`: one activation of each 2×2 window, stride 2. Needs a random key in training. */
export const stochasticPool2d = (options: Pair | StochasticPool2dOptions): StochasticPool2d =>
  new StochasticPool2d(options);

export const stochasticPool2dSpec: LayerSpec = {
  name: "stochasticPool2d",
  formula: "y = aᵢ drawn with pᵢ = aᵢ/Σ a from each window; in evaluation y = Σ pᵢ·aᵢ",
  shapes: "N×C×H×W → N×C×H′×W′",
  source: "Zeiler and Fergus 2013, arXiv:1301.3557, equations 4–6",
  torch: null,
  // biome-ignore format: one case a line
  samples: [
    { name: "2×2", make: () => stochasticPool2d(2), inputs: [{ shape: [2, 5, 4] }], output: [2, 2, 2], torch: "lambda x: stochastic_pool2d(x, (2, 2), (2, 2))" },
    { name: "3×2, two strides", make: () => stochasticPool2d({ kernel: [3, 2], stride: [2, 1] }), inputs: [{ shape: [2, 7, 4], low: 0, high: 3 }], output: [2, 3, 3], torch: "lambda x: stochastic_pool2d(x, (3, 2), (2, 1))" },
  ],
};
