/** Keras' convolutions and dense layers; their kernels have the output channels last and are turned when they are read. */
import type { Tensor } from "../../graph/tensor.ts";
import { Activation } from "../../nn/activation/activation.ts";
import { convTranspose2d } from "../../nn/convolution/conv-transpose2d.ts";
import { conv1d } from "../../nn/convolution/conv1d.ts";
import { conv2d } from "../../nn/convolution/conv2d.ts";
import { conv2dSame } from "../../nn/convolution/conv2d-same.ts";
import { Linear } from "../../nn/linear/linear.ts";
import type { Module } from "../../nn/module.ts";
import { type Pair, pair } from "../../nn/pair.ts";
import { sequential } from "../../nn/structure/sequential.ts";
import {
  checkLayout,
  isSame,
  isTrue,
  type LayerContext,
  type LayerMaker,
  layerOf,
  type MadeLayer,
  number,
  type StateSource,
  window,
} from "./layer.ts";

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
  return { ...layerOf(module), states: { ...states, ...(hasBias && bias) } };
}

const OIHW = [3, 2, 0, 1];

export const conv2dLayer: LayerMaker = (context) =>
  convolution(context, context.weightShape("kernel")[3], number(context.config, "groups", 1), {
    weight: { weight: "kernel", axes: OIHW },
  });

const depthwiseKernel = { weight: "depthwise_kernel", axes: [2, 3, 0, 1], depthwise: true };

/** Kernel kH×kW×I×m: the m filters of a channel stand together, as in PyTorch's groups. */
export const depthwiseConv2dLayer: LayerMaker = (context) => {
  const [, , channels, multiplier] = context.weightShape("depthwise_kernel");
  return convolution(context, channels * multiplier, channels, { weight: depthwiseKernel });
};

export const separableConv2dLayer: LayerMaker = (context) => {
  const { config } = context;
  const depthwise = depthwiseConv2dLayer({ ...context, config: { ...config, use_bias: false } });
  const hasBias = isTrue(config, "use_bias", true);
  const pointwise = conv2d(context.weightShape("pointwise_kernel")[3], {
    kernel: 1,
    bias: hasBias,
  });
  return {
    ...layerOf(sequential({ depthwise: depthwise.module as unknown as Module, pointwise })),
    states: {
      "depthwise.weight": depthwiseKernel,
      "pointwise.weight": { weight: "pointwise_kernel", axes: OIHW },
      ...(hasBias && { "pointwise.bias": { weight: "bias" } }),
    },
  };
};

/** SAME leaves out what makes the result larger than stride times the input, the odd row at the end. */
export const conv2dTransposeLayer: LayerMaker = (context) => {
  checkLayout(context);
  const kernel = window(context, "kernel_size");
  const stride = window(context, "strides", 1);
  const hasBias = isTrue(context.config, "use_bias", true);
  const over = [0, 1].map((i) => (isSame(context) ? Math.max(0, kernel[i] - stride[i]) : 0));
  const padding = over.flatMap((n) => [Math.floor(n / 2), Math.ceil(n / 2)]);
  const outputPadding = pair(
    [0, 1].map((i) => Math.max(0, stride[i] - kernel[i])) as unknown as Pair,
  );
  const out = context.weightShape("kernel")[2];
  const module = convTranspose2d(out, { kernel, stride, padding, outputPadding, bias: hasBias });
  const weight = { weight: "kernel", axes: OIHW };
  return { ...layerOf(module), states: { weight, ...(hasBias && bias) } };
};

/** Sequences are N×L×C there. */
export const conv1dLayer: LayerMaker = (context) => {
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
    ...layerOf(sequential({ first: turn(), conv, last: turn() })),
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

export const denseLayer: LayerMaker = ({ config, weightShape }) => {
  const hasBias = isTrue(config, "use_bias", true);
  const weight = { weight: "kernel", axes: [1, 0] };
  const module = new Dense(weightShape("kernel")[1], { bias: hasBias });
  return { ...layerOf(module), states: { weight, ...(hasBias && bias) } };
};
