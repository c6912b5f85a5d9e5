/** ONNX's convolutions by the convolution layers; one of three axes is the sum over depth of those of two. */
import { sizeOf } from "../../../src/core/shape.ts";
import type { Tensor } from "../../../src/graph/tensor.ts";
import * as nn from "../../../src/nn/index.ts";
import type { Call, Operator } from "../call.ts";
import { along, pairOf, sidesOf, type Windows, windowsOf } from "./window.ts";

const convolve = (call: Call, x: Tensor, w: nn.StateValue, windows: Windows, bias: boolean) => {
  const { kernel, stride, dilation } = windows;
  const layer = nn.conv2d(w.shape[0], {
    kernel: pairOf(kernel),
    stride: pairOf(stride),
    dilation: pairOf(dilation),
    padding: sidesOf(windows),
    groups: call.number("group", 1),
    bias,
  });
  return call.layer(layer, x, { weight: w, ...(bias && { bias: call.known(2) }) });
};

const conv: Operator = (call) => {
  const [x, w] = [call.tensor(0), call.known(1)];
  const windows = windowsOf(call, x.shape.slice(2), w.shape.slice(2));
  const bias = call.has(2);
  if (x.rank === 4) return convolve(call, x, w, windows, bias);
  if (x.rank === 3) return convolveSequences(call, x, w, windows, bias);
  return conv3d(call, x, w, windows, bias);
};

function convolveSequences(
  call: Call,
  x: Tensor,
  w: nn.StateValue,
  { kernel, stride, dilation, before, after }: Windows,
  bias: boolean,
): Tensor {
  const layer = nn.conv1d(w.shape[0], {
    kernel: kernel[0],
    stride: stride[0],
    dilation: dilation[0],
    padding: [before[0], after[0]],
    groups: call.number("group", 1),
    bias,
  });
  return call.layer(layer, x, { weight: w, ...(bias && { bias: call.known(2) }) });
}

/** y at depth d is the sum over the kernel's slices k of the slice of x at d·s + k·dilation, convolved with it. */
function conv3d(call: Call, x: Tensor, w: nn.StateValue, windows: Windows, bias: boolean): Tensor {
  const { kernel, stride, dilation, before, after } = along(windows, 0);
  const padded = call.g.pad(x, {
    before: [0, 0, before[0], 0, 0],
    after: [0, 0, after[0], 0, 0],
  });
  const [n, c, size] = padded.shape;
  const depth = 1 + Math.floor((size - dilation[0] * (kernel[0] - 1) - 1) / stride[0]);
  const slices = Array.from({ length: kernel[0] }, (_, k) => {
    const start = k * dilation[0];
    const taken = padded.slice(2, start, start + (depth - 1) * stride[0] + 1, stride[0]);
    const images = taken.transpose(0, 2, 1, 3, 4).reshape(n * depth, c, ...x.shape.slice(3));
    return convolve(call, images, sliceOfKernel(w, k), along(windows, 1, 2), bias && k === 0);
  });
  const sum = slices.reduce((a, b) => a.add(b));
  return sum.reshape(n, depth, ...sum.shape.slice(1)).transpose(0, 2, 1, 3, 4);
}

/** O×C×kD×kH×kW at one depth. */
function sliceOfKernel({ shape, data }: nn.StateValue, depth: number): nn.StateValue {
  const [filters, channels, depths, ...rest] = shape;
  const size = sizeOf(rest);
  const values = Array.from({ length: filters * channels }, (_, plane) =>
    Array.from(data as ArrayLike<number>).slice(
      (plane * depths + depth) * size,
      (plane * depths + depth + 1) * size,
    ),
  );
  return { shape: [filters, channels, ...rest], data: values.flat() };
}

const convTranspose: Operator = (call) => {
  const [x, w] = [call.tensor(0), call.known(1)];
  const windows = windowsOf(call, x.shape.slice(2), w.shape.slice(2));
  const { kernel, stride, dilation } = windows;
  const { before, after, outputPadding } = marginsOf(call, x.shape.slice(2), windows);
  const groups = call.number("group", 1);
  const bias = call.has(2);
  const layer =
    x.rank === 3
      ? nn.convTranspose1d(w.shape[1] * groups, {
          kernel: kernel[0],
          stride: stride[0],
          dilation: dilation[0],
          padding: [before[0], after[0]],
          outputPadding: outputPadding[0],
          groups,
          bias,
        })
      : nn.convTranspose2d(w.shape[1] * groups, {
          kernel: pairOf(kernel),
          stride: pairOf(stride),
          dilation: pairOf(dilation),
          padding: sidesOf({ before, after }),
          outputPadding: pairOf(outputPadding),
          groups,
          bias,
        });
  return call.layer(layer, x, { weight: w, ...(bias && { bias: call.known(2) }) });
};

/** What is cut off, and what is added at the end; `output_shape` says the size instead. */
function marginsOf(call: Call, size: readonly number[], windows: Windows) {
  const { kernel, stride, dilation, before, after } = windows;
  const shape = call.list("output_shape");
  const outputPadding = call.list("output_padding") ?? size.map(() => 0);
  if (!shape) return { before, after, outputPadding };
  const surplus = size.map(
    (dim, i) => (dim - 1) * stride[i] + dilation[i] * (kernel[i] - 1) + 1 - shape[i],
  );
  const cut = surplus.map((by) => Math.max(0, by));
  return {
    before: cut.map((by) => Math.ceil(by / 2)),
    after: cut.map((by) => Math.floor(by / 2)),
    outputPadding: surplus.map((by) => Math.max(0, -by)),
  };
}

export const convolution: Readonly<Record<string, Operator>> = {
  Conv: conv,
  ConvTranspose: convTranspose,
};
