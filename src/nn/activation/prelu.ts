/**
 * y = x where x > 0, else w·x: a leaky ReLU whose slope is learned, one for all channels or one for each (He et al. 2015,
 * arXiv:1502.01852). Weight decay drives the slopes to 0; the authors use none on them.
 */
import { ConvkitError } from "../../core/error.ts";
import { formatShape } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { perChannel } from "../channels.ts";
import { constant } from "../init/constant.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Module } from "../module.ts";

export class PRelu extends Module {
  readonly numParameters: number;
  readonly init: number;

  constructor(numParameters: number, init: number) {
    super();
    this.numParameters = numParameters;
    this.init = init;
  }

  override get kind(): string {
    return "prelu";
  }

  forward(x: Tensor): Tensor {
    const { numParameters, init } = this;
    if (numParameters !== 1 && x.shape[1] !== numParameters) {
      throw new ConvkitError(
        "prelu",
        `has ${numParameters} slopes for the channels of ${formatShape(x.shape)} — ` +
          "give as many as there are channels, or 1 for all of them",
      );
    }
    const slope = perChannel(this.param("weight", [numParameters], constant(init)), x);
    return x.gt(0).where(x, x.mul(slope));
  }
}

/** `numParameters` is 1, or the number of channels (axis 1). */
export const prelu = (numParameters = 1, init = 0.25): PRelu => new PRelu(numParameters, init);

export const preluSpec: LayerSpec = {
  name: "prelu",
  formula: "y = x where x > 0, else w·x, one w or one for each channel",
  shapes: "N×C×… → the same",
  source: "He et al. 2015, arXiv:1502.01852, equation 1",
  torch: "nn.PReLU",
  // biome-ignore format: one case a line
  samples: [
    { name: "one slope", make: () => prelu(), inputs: [{ shape: [5], values: [0, -0, 1, -1] }], output: [5], states: { weight: [1] }, torch: "nn.PReLU()" },
    { name: "one slope, images", make: () => prelu(1, 0.1), inputs: [{ shape: [3, 2, 5] }], output: [3, 2, 5], states: { weight: [1] }, torch: "nn.PReLU(1, 0.1)" },
    { name: "slopes by channel", make: () => prelu(3), inputs: [{ shape: [3, 2, 5] }], output: [3, 2, 5], states: { weight: [3] }, torch: "nn.PReLU(3)" },
  ],
};
