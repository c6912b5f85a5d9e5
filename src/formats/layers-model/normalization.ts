/** Keras' normalisations, over the last axis there, the channels of images. */
import { ConvkitError } from "../../core/error.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { BatchNorm } from "../../nn/normalization/batch-norm.ts";
import { LayerNorm } from "../../nn/normalization/layer-norm.ts";
import { isTrue, type LayerMaker, layerOf, number } from "./layer.ts";

/** Keras' momentum is the share that stays, PyTorch's the share that comes. */
export const batchNormLayer: LayerMaker = ({ config, fail }) => {
  const axis = Array.isArray(config.axis) ? config.axis[0] : number(config, "axis", -1);
  if (axis !== -1 && axis !== 3) fail(`it normalises over axis ${axis}, not over the channels`);
  const options = {
    eps: number(config, "epsilon", 1e-3),
    momentum: 1 - number(config, "momentum", 0.99),
  };
  return {
    ...layerOf(new BatchNorm("batchNorm", [2, 3, 4], options)),
    states: {
      ...(isTrue(config, "scale", true) && { weight: { weight: "gamma" } }),
      ...(isTrue(config, "center", true) && { bias: { weight: "beta" } }),
      running_mean: { weight: "moving_mean" },
      running_var: { weight: "moving_variance" },
    },
  };
};

/** Over the last axis, the channels of images. */
class LastAxisNorm extends LayerNorm {
  readonly axis: number;

  constructor(axis: number, eps: number) {
    super({ eps });
    this.axis = axis;
  }

  override forward(x: Tensor): Tensor {
    if (this.axis !== -1 && this.axis !== x.rank - 1) {
      throw new ConvkitError(
        "layers-model",
        `a layer normalises over axis ${this.axis} of ${x.rank}, not over the last — only that is read`,
      );
    }
    if (x.rank !== 4) return super.forward(x);
    return super.forward(x.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2);
  }
}

export const layerNormLayer: LayerMaker = ({ config, fail }) => {
  const axes = [config.axis ?? -1].flat();
  if (axes.length !== 1) fail(`it normalises over axes ${axes.join(", ")}, not over the last`);
  return {
    ...layerOf(new LastAxisNorm(Number(axes[0]), number(config, "epsilon", 1e-3))),
    states: {
      ...(isTrue(config, "scale", true) && { weight: { weight: "gamma" } }),
      ...(isTrue(config, "center", true) && { bias: { weight: "beta" } }),
    },
  };
};
