/**
 * Keras' layers as ours, by class name. Images are N×H×W×C there and N×C×H×W here: weights are turned once when they are
 * read, and what depends on the order of axes (flatten, reshape, concatenate) turns its tensor.
 */
import type { Tensor } from "../../graph/tensor.ts";
import { Activation } from "../../nn/activation/activation.ts";
import { elu } from "../../nn/activation/elu.ts";
import { leakyRelu } from "../../nn/activation/leaky-relu.ts";
import { convTranspose2d } from "../../nn/convolution/conv-transpose2d.ts";
import { conv1d } from "../../nn/convolution/conv1d.ts";
import { conv2d } from "../../nn/convolution/conv2d.ts";
import { conv2dSame } from "../../nn/convolution/conv2d-same.ts";
import { zeros } from "../../nn/init/constant.ts";
import { embedding } from "../../nn/linear/embedding.ts";
import { Linear } from "../../nn/linear/linear.ts";
import { type Mode, Module } from "../../nn/module.ts";
import { BatchNorm } from "../../nn/normalization/batch-norm.ts";
import { layerNorm } from "../../nn/normalization/layer-norm.ts";
import { type Pair, pair } from "../../nn/pair.ts";
import { avgPool2d } from "../../nn/pooling/avg-pool2d.ts";
import { globalAvgPool2d } from "../../nn/pooling/global-avg-pool2d.ts";
import { globalMaxPool2d } from "../../nn/pooling/global-max-pool2d.ts";
import { maxPool2d } from "../../nn/pooling/max-pool2d.ts";
import { alphaDropout } from "../../nn/regularization/alpha-dropout.ts";
import { dropout } from "../../nn/regularization/dropout.ts";
import { dropout2d } from "../../nn/regularization/dropout2d.ts";
import { gaussianNoise } from "../../nn/regularization/gaussian-noise.ts";
import { zeroPad2d } from "../../nn/resampling/pad2d.ts";
import { upsample } from "../../nn/resampling/upsample.ts";
import { identity } from "../../nn/structure/identity.ts";
import { sequential } from "../../nn/structure/sequential.ts";
import { activationOf, ownAxis, softmaxOver } from "./activations.ts";
import { SamePool2d } from "./same-pool2d.ts";
import type { Config } from "./topology.ts";

/** Where a state of ours comes from: the last part of the weight's name, and the order of its axes here. */
export interface StateSource {
  readonly weight: string;
  readonly axes?: readonly number[];
  /** I×m×kH×kW, to become the filters of I groups. */
  readonly depthwise?: boolean;
}

export interface MadeLayer {
  readonly module: Module<readonly Tensor[]>;
  readonly states?: Readonly<Record<string, StateSource>>;
}

/** What a layer may ask of the file while it is made. */
export interface LayerContext {
  readonly config: Config;
  /** Shape of one of its weights, as in the file. */
  weightShape(weight: string): readonly number[];
  fail(fact: string): never;
}

type Maker = (context: LayerContext) => MadeLayer;

const of = (module: Module): MadeLayer => ({ module: module as Module<readonly Tensor[]> });

/** A layer of several inputs or one that is a function of tensors. */
class Join extends Module<readonly Tensor[]> {
  readonly #kind: string;
  readonly #of: (tensors: readonly Tensor[]) => Tensor;

  constructor(kind: string, join: (tensors: readonly Tensor[]) => Tensor) {
    super();
    this.#kind = kind;
    this.#of = join;
  }

  override get kind(): string {
    return this.#kind;
  }

  forward(...args: [...inputs: Tensor[], mode: Mode]): Tensor {
    return this.#of(args.slice(0, -1) as Tensor[]);
  }
}

const fold =
  (kind: string, two: (a: Tensor, b: Tensor) => Tensor): Maker =>
  () => ({ module: new Join(kind, (tensors) => tensors.reduce(two)) });

const number = (config: Config, key: string, otherwise: number): number =>
  typeof config[key] === "number" ? config[key] : otherwise;

const isTrue = (config: Config, key: string, otherwise: boolean): boolean =>
  typeof config[key] === "boolean" ? config[key] : otherwise;

/** A size of a window: one number, or rows and columns. */
function window(
  { config, fail }: LayerContext,
  key: string,
  otherwise?: Pair,
): readonly [number, number] {
  const value = config[key] ?? otherwise;
  const isSize = (size: unknown) => Number.isInteger(size) && (size as number) > 0;
  const isPair = Array.isArray(value) && value.length === 2 && value.every(isSize);
  return isPair || isSize(value) ? pair(value as Pair) : fail(`${key} is ${JSON.stringify(value)}`);
}

function checkLayout({ config, fail }: LayerContext): void {
  if (config.data_format === "channels_first")
    fail("its channels come first, files have them last");
}

const isSame = ({ config, fail }: LayerContext): boolean => {
  const { padding = "valid" } = config;
  if (padding !== "same" && padding !== "valid")
    fail(`padding "${padding}" is none of same, valid`);
  return padding === "same";
};

const bias = { bias: { weight: "bias" } };

/** A convolution of `groups` groups; `axes` take the file's kernel to O×I×kH×kW. */
function convolution(
  context: LayerContext,
  out: number,
  groups: number,
  states: Readonly<Record<string, StateSource>>,
): MadeLayer {
  checkLayout(context);
  const hasBias = isTrue(context.config, "use_bias", true);
  const options = {
    kernel: window(context, "kernel_size"),
    stride: window(context, "strides", 1),
    dilation: window(context, "dilation_rate", 1),
    groups,
    bias: hasBias,
  };
  const module = isSame(context) ? conv2dSame(out, options) : conv2d(out, options);
  return { ...of(module), states: { ...states, ...(hasBias && bias) } };
}

const OIHW = [3, 2, 0, 1];

const conv2dLayer: Maker = (context) =>
  convolution(context, context.weightShape("kernel")[3], number(context.config, "groups", 1), {
    weight: { weight: "kernel", axes: OIHW },
  });

const depthwiseKernel = { weight: "depthwise_kernel", axes: [2, 3, 0, 1], depthwise: true };

/** Kernel kH×kW×I×m: the m filters of a channel stand together, as in PyTorch's groups. */
const depthwiseConv2dLayer: Maker = (context) => {
  const [, , channels, multiplier] = context.weightShape("depthwise_kernel");
  return convolution(context, channels * multiplier, channels, { weight: depthwiseKernel });
};

const separableConv2dLayer: Maker = (context) => {
  const { config } = context;
  const depthwise = depthwiseConv2dLayer({ ...context, config: { ...config, use_bias: false } });
  const hasBias = isTrue(config, "use_bias", true);
  const pointwise = conv2d(context.weightShape("pointwise_kernel")[3], {
    kernel: 1,
    bias: hasBias,
  });
  return {
    ...of(sequential({ depthwise: depthwise.module as unknown as Module, pointwise })),
    states: {
      "depthwise.weight": depthwiseKernel,
      "pointwise.weight": { weight: "pointwise_kernel", axes: OIHW },
      ...(hasBias && { "pointwise.bias": { weight: "bias" } }),
    },
  };
};

/** SAME leaves out what makes the result larger than stride times the input, the odd row at the end. */
const conv2dTransposeLayer: Maker = (context) => {
  checkLayout(context);
  const kernel = window(context, "kernel_size");
  const stride = window(context, "strides", 1);
  const hasBias = isTrue(context.config, "use_bias", true);
  const over = [0, 1].map((i) => (isSame(context) ? kernel[i] - stride[i] : 0));
  const padding = over.flatMap((n) => [
    Math.floor(Math.max(0, n) / 2),
    Math.ceil(Math.max(0, n) / 2),
  ]);
  const added = [0, 1].map((i) =>
    Math.max(isSame(context) ? 0 : stride[i] - kernel[i], -over[i], 0),
  );
  const outputPadding = isSame(context) ? (added as [number, number]) : pair(0);
  const out = context.weightShape("kernel")[2];
  const module = convTranspose2d(out, { kernel, stride, padding, outputPadding, bias: hasBias });
  const weight = { weight: "kernel", axes: OIHW };
  return { ...of(module), states: { weight, ...(hasBias && bias) } };
};

/** Sequences are N×L×C there. */
const conv1dLayer: Maker = (context) => {
  const { config, fail } = context;
  const [kernel] = window(
    { ...context, config: { k: [config.kernel_size, 1].flat().slice(0, 2) } },
    "k",
  );
  const [stride] = [config.strides ?? 1].flat() as number[];
  const [dilation] = [config.dilation_rate ?? 1].flat() as number[];
  const { padding = "valid" } = config;
  const hasBias = isTrue(config, "use_bias", true);
  if (padding !== "valid" && (padding !== "same" || stride !== 1)) {
    fail(`padding "${padding}" with stride ${stride} is not read for sequences`);
  }
  const conv = conv1d(context.weightShape("kernel")[2], {
    kernel,
    stride,
    dilation,
    padding: padding as "same" | "valid",
    bias: hasBias,
  });
  const turn = () => new Activation("permute", (x) => x.transpose(0, 2, 1));
  return {
    ...of(sequential({ first: turn(), conv, last: turn() })),
    states: {
      "conv.weight": { weight: "kernel", axes: [2, 1, 0] },
      ...(hasBias && { "conv.bias": { weight: "bias" } }),
    },
  };
};

/** Keras applies a dense layer along the last axis, the channels of images. */
class Dense extends Linear {
  override forward(x: Tensor): Tensor {
    if (x.rank !== 4) return super.forward(x);
    return super.forward(x.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2);
  }
}

const denseLayer: Maker = ({ config, weightShape }) => {
  const hasBias = isTrue(config, "use_bias", true);
  const weight = { weight: "kernel", axes: [1, 0] };
  const module = new Dense(weightShape("kernel")[1], { bias: hasBias });
  return { ...of(module), states: { weight, ...(hasBias && bias) } };
};

/** Keras' momentum is the share that stays, PyTorch's the share that comes. */
const batchNormLayer: Maker = ({ config, fail }) => {
  const axis = Array.isArray(config.axis) ? config.axis[0] : number(config, "axis", -1);
  if (axis !== -1 && axis !== 3) fail(`it normalises over axis ${axis}, not over the channels`);
  const options = {
    eps: number(config, "epsilon", 1e-3),
    momentum: 1 - number(config, "momentum", 0.99),
  };
  return {
    ...of(new BatchNorm("batchNorm", [2, 3, 4], options)),
    states: {
      ...(isTrue(config, "scale", true) && { weight: { weight: "gamma" } }),
      ...(isTrue(config, "center", true) && { bias: { weight: "beta" } }),
      running_mean: { weight: "moving_mean" },
      running_var: { weight: "moving_variance" },
    },
  };
};

const layerNormLayer: Maker = ({ config, fail }) => {
  const axis = Array.isArray(config.axis) ? config.axis.at(-1) : number(config, "axis", -1);
  if (axis !== -1) fail(`it normalises over axis ${axis}, not over the last`);
  const norm = layerNorm({ eps: number(config, "epsilon", 1e-3) });
  return {
    ...of(norm),
    states: {
      ...(isTrue(config, "scale", true) && { weight: { weight: "gamma" } }),
      ...(isTrue(config, "center", true) && { bias: { weight: "beta" } }),
    },
  };
};

const pooling =
  (kind: "maxPool2d" | "avgPool2d"): Maker =>
  (context) => {
    checkLayout(context);
    const kernel = window(context, "pool_size", 2);
    const stride = window(context, "strides", kernel);
    if (isSame(context)) return of(new SamePool2d(kind, { kernel, stride }));
    return of((kind === "maxPool2d" ? maxPool2d : avgPool2d)({ kernel, stride }));
  };

const globalPooling =
  (make: (options: { keepDims: boolean }) => Module): Maker =>
  ({ config }) =>
    of(make({ keepDims: isTrue(config, "keepdims", false) }));

const activation: Maker = ({ config, fail }) => {
  const made = activationOf(config.activation);
  if (made === null) return fail(`activation "${config.activation}" is not known`);
  return of(made ?? identity());
};

/** min(max_value, x) above the threshold, negative_slope · (x − threshold) below. */
const reluLayer: Maker = ({ config }) => {
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
  return of(new Activation(kind, forward));
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

const preluLayer: Maker = ({ weightShape }) => {
  const shape = weightShape("alpha");
  const isImage = shape.length === 3;
  const own = isImage ? [shape[2], shape[0], shape[1]] : shape;
  const axes = isImage ? [2, 0, 1] : undefined;
  return {
    ...of(new KerasPRelu(own)),
    states: { weight: { weight: "alpha", ...(axes && { axes }) } },
  };
};

/** N×C×H×W in the order in which Keras counts its elements. */
const channelsLast = (x: Tensor): Tensor => (x.rank === 4 ? x.transpose(0, 2, 3, 1) : x);
const channelsSecond = (x: Tensor): Tensor => (x.rank === 4 ? x.transpose(0, 3, 1, 2) : x);

const flattenLayer: Maker = () =>
  of(new Activation("flatten", (x) => channelsLast(x).reshape(x.shape[0], -1)));

const reshapeLayer: Maker = ({ config, fail }) => {
  const { target_shape: target } = config;
  if (!Array.isArray(target)) return fail("it has no target_shape");
  const to = (x: Tensor) => channelsSecond(channelsLast(x).reshape(x.shape[0], ...target));
  return of(new Activation("reshape", to));
};

const permuteLayer: Maker = ({ config, fail }) => {
  const { dims } = config;
  if (!Array.isArray(dims)) return fail("it has no dims");
  const to = (x: Tensor) => channelsSecond(channelsLast(x).transpose(0, ...dims));
  return of(new Activation("permute", to));
};

/** One number, rows and columns, or both sides of each: as [top, bottom, left, right]. */
function sides({ config, fail }: LayerContext, key: string): number[] {
  const value = config[key] ?? 1;
  const two = Array.isArray(value) ? value : [value, value];
  const found = two.flatMap((side: unknown) => (Array.isArray(side) ? side : [side, side]));
  const isRight = found.length === 4 && found.every((side) => Number.isInteger(side) && side >= 0);
  return isRight ? found : fail(`${key} is ${JSON.stringify(value)}`);
}

const padding =
  (key: string, sign: number): Maker =>
  (context) => {
    const [top, bottom, left, right] = sides(context, key).map((side) => sign * side);
    return of(zeroPad2d({ top, bottom, left, right }));
  };

const upSampling2dLayer: Maker = (context) => {
  const scaleFactor = window(context, "size", 2);
  const { interpolation: mode = "nearest" } = context.config;
  if (mode !== "nearest" && mode !== "bilinear") {
    return context.fail(`interpolation "${mode}" is none of nearest, bilinear`);
  }
  return of(upsample({ scaleFactor, mode }));
};

const concatenateLayer: Maker = ({ config }) => {
  const axis = number(config, "axis", -1);
  const join = (tensors: readonly Tensor[]) => {
    const [{ builder, rank }] = tensors;
    return builder.apply("concat", [...tensors], { axis: ownAxis(axis, rank) });
  };
  return { module: new Join("concat", join) };
};

const averageLayer: Maker = () => ({
  module: new Join("average", (tensors) => tensors.reduce((a, b) => a.add(b)).div(tensors.length)),
});

const embeddingLayer: Maker = ({ weightShape }) => {
  const [rows, width] = weightShape("embeddings");
  return { ...of(embedding(rows, width)), states: { weight: { weight: "embeddings" } } };
};

const rescalingLayer: Maker = ({ config }) => {
  const [scale, offset] = [number(config, "scale", 1), number(config, "offset", 0)];
  return of(new Activation("rescaling", (x) => x.mul(scale).add(offset)));
};

/** By class name. */
export const layerMakers: Readonly<Record<string, Maker | undefined>> = {
  Activation: activation,
  ActivityRegularization: () => of(identity()),
  Add: fold("add", (a, b) => a.add(b)),
  AlphaDropout: ({ config }) => of(alphaDropout(number(config, "rate", 0.5))),
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
  Dropout: ({ config }) => of(dropout(number(config, "rate", 0.5))),
  ELU: ({ config }) => of(elu(number(config, "alpha", 1))),
  Embedding: embeddingLayer,
  Flatten: flattenLayer,
  GaussianNoise: ({ config }) => of(gaussianNoise(number(config, "stddev", 0.1))),
  GlobalAveragePooling2D: globalPooling(globalAvgPool2d),
  GlobalMaxPooling2D: globalPooling(globalMaxPool2d),
  LayerNormalization: layerNormLayer,
  LeakyReLU: ({ config }) =>
    of(leakyRelu(number(config, "alpha", number(config, "negative_slope", 0.3)))),
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
  Softmax: ({ config }) => of(softmaxOver(number(config, "axis", -1))),
  SpatialDropout2D: ({ config }) => of(dropout2d(number(config, "rate", 0.5))),
  Subtract: fold("subtract", (a, b) => a.sub(b)),
  UpSampling2D: upSampling2dLayer,
  ZeroPadding2D: padding("padding", 1),
};
