/**
 * Keras' layers as ours, by class name. Images are N×H×W×C there and N×C×H×W here: weights are turned once when they are
 * read, and what depends on the order of axes (flatten, reshape, concatenate) turns its tensor.
 */
import type { Tensor } from "../../graph/tensor.ts";
import { Activation } from "../../nn/activation/activation.ts";
import { elu } from "../../nn/activation/elu.ts";
import { leakyRelu } from "../../nn/activation/leaky-relu.ts";
import { threshold } from "../../nn/activation/threshold.ts";
import { zeros } from "../../nn/init/constant.ts";
import { embedding } from "../../nn/linear/embedding.ts";
import { Module } from "../../nn/module.ts";
import { avgPool2d } from "../../nn/pooling/avg-pool2d.ts";
import { globalAvgPool2d } from "../../nn/pooling/global-avg-pool2d.ts";
import { globalMaxPool2d } from "../../nn/pooling/global-max-pool2d.ts";
import { maxPool2d } from "../../nn/pooling/max-pool2d.ts";
import { alphaDropout } from "../../nn/regularization/alpha-dropout.ts";
import { dropout } from "../../nn/regularization/dropout.ts";
import { dropout2d } from "../../nn/regularization/dropout2d.ts";
import { gaussianNoise } from "../../nn/regularization/gaussian-noise.ts";
import { identity } from "../../nn/structure/identity.ts";
import { activationOf, softmaxOver } from "./activations.ts";
import {
  conv1dLayer,
  conv2dLayer,
  conv2dTransposeLayer,
  denseLayer,
  depthwiseConv2dLayer,
  separableConv2dLayer,
} from "./convolution.ts";
import { averageLayer, concatenateLayer, fold } from "./join.ts";
import { checkLayout, isSame, isTrue, type LayerMaker, layerOf, number, window } from "./layer.ts";
import { batchNormLayer, layerNormLayer } from "./normalization.ts";
import { SamePool2d } from "./same-pool2d.ts";
import { flattenLayer, padding, permuteLayer, reshapeLayer, upSampling2dLayer } from "./shape.ts";

const pooling =
  (kind: "maxPool2d" | "avgPool2d"): LayerMaker =>
  (context) => {
    checkLayout(context);
    const kernel = window(context, "pool_size", 2);
    const stride = window(context, "strides", kernel);
    if (isSame(context)) return layerOf(new SamePool2d(kind, { kernel, stride }));
    return layerOf((kind === "maxPool2d" ? maxPool2d : avgPool2d)({ kernel, stride }));
  };

const globalPooling =
  (make: (options: { keepDims: boolean }) => Module): LayerMaker =>
  ({ config }) =>
    layerOf(make({ keepDims: isTrue(config, "keepdims", false) }));

const activation: LayerMaker = ({ config, fail }) => {
  const made = activationOf(config.activation);
  if (made === null) return fail(`activation "${config.activation}" is not known`);
  return layerOf(made ?? identity());
};

/** min(max_value, x) above the threshold, negative_slope · (x − threshold) below. */
const reluLayer: LayerMaker = ({ config }) => {
  const highest = typeof config.max_value === "number" ? config.max_value : undefined;
  const slope = number(config, "negative_slope", 0);
  const threshold = number(config, "threshold", 0);
  const forward = (x: Tensor) => {
    const above = highest === undefined ? x : x.minimum(highest);
    const below = slope === 0 ? above.mul(0) : x.sub(threshold).mul(slope);
    if (threshold === 0 && slope === 0) {
      const positive = x.builder.apply("relu", [x]);
      return highest === undefined ? positive : positive.minimum(highest);
    }
    return x.ge(threshold).where(above, below);
  };
  const kind = highest === 6 && slope === 0 && threshold === 0 ? "relu6" : "relu";
  return layerOf(new Activation(kind, forward));
};

/** One slope for each element but those of the shared axes. */
class KerasPRelu extends Module {
  readonly shape: readonly number[];

  constructor(shape: readonly number[]) {
    super();
    this.shape = shape;
  }

  override get kind(): string {
    return "prelu";
  }

  forward(x: Tensor): Tensor {
    const slope = this.param("weight", this.shape, zeros());
    return x.maximum(0).add(slope.mul(x.minimum(0)));
  }
}

const preluLayer: LayerMaker = ({ weightShape }) => {
  const shape = weightShape("alpha");
  const isImage = shape.length === 3;
  const own = isImage ? [shape[2], shape[0], shape[1]] : shape;
  const axes = isImage ? [2, 0, 1] : undefined;
  return {
    ...layerOf(new KerasPRelu(own)),
    states: { weight: { weight: "alpha", ...(axes && { axes }) } },
  };
};

const embeddingLayer: LayerMaker = ({ weightShape }) => {
  const [rows, width] = weightShape("embeddings");
  return { ...layerOf(embedding(rows, width)), states: { weight: { weight: "embeddings" } } };
};

const rescalingLayer: LayerMaker = ({ config }) => {
  const [scale, offset] = [number(config, "scale", 1), number(config, "offset", 0)];
  return layerOf(new Activation("rescaling", (x) => x.mul(scale).add(offset)));
};

/** By class name. */
export const layerMakers: Readonly<Record<string, LayerMaker | undefined>> = {
  Activation: activation,
  ActivityRegularization: () => layerOf(identity()),
  Add: fold("add", (a, b) => a.add(b)),
  AlphaDropout: ({ config }) => layerOf(alphaDropout(number(config, "rate", 0.5))),
  Average: averageLayer,
  AveragePooling2D: pooling("avgPool2d"),
  BatchNormalization: batchNormLayer,
  Concatenate: concatenateLayer,
  Conv1D: conv1dLayer,
  Conv2D: conv2dLayer,
  Conv2DTranspose: conv2dTransposeLayer,
  Cropping2D: padding("cropping", -1),
  Dense: denseLayer,
  DepthwiseConv2D: depthwiseConv2dLayer,
  Dropout: ({ config }) => layerOf(dropout(number(config, "rate", 0.5))),
  ELU: ({ config }) => layerOf(elu(number(config, "alpha", 1))),
  Embedding: embeddingLayer,
  Flatten: flattenLayer,
  GaussianNoise: ({ config }) => layerOf(gaussianNoise(number(config, "stddev", 0.1))),
  GlobalAveragePooling2D: globalPooling(globalAvgPool2d),
  GlobalMaxPooling2D: globalPooling(globalMaxPool2d),
  LayerNormalization: layerNormLayer,
  LeakyReLU: ({ config }) =>
    layerOf(leakyRelu(number(config, "alpha", number(config, "negative_slope", 0.3)))),
  MaxPooling2D: pooling("maxPool2d"),
  Maximum: fold("maximum", (a, b) => a.maximum(b)),
  Minimum: fold("minimum", (a, b) => a.minimum(b)),
  Multiply: fold("multiply", (a, b) => a.mul(b)),
  PReLU: preluLayer,
  Permute: permuteLayer,
  ReLU: reluLayer,
  Rescaling: rescalingLayer,
  Reshape: reshapeLayer,
  SeparableConv2D: separableConv2dLayer,
  Softmax: ({ config }) => layerOf(softmaxOver(number(config, "axis", -1))),
  SpatialDropout2D: ({ config }) => layerOf(dropout2d(number(config, "rate", 0.5))),
  Subtract: fold("subtract", (a, b) => a.sub(b)),
  ThresholdedReLU: ({ config }) => layerOf(threshold(number(config, "theta", 1), 0)),
  UpSampling2D: upSampling2dLayer,
  ZeroPadding2D: padding("padding", 1),
};
