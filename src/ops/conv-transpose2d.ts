/**
 * The transposed convolution (Zeiler, Krishnan, Taylor and Fergus 2010, "Deconvolutional networks"): the gradient
 * of a convolution used as a layer, with weights I×(O/groups)×kH×kW. Along one axis
 *   output = (H − 1)·s − p₀ − p₁ + d·(k − 1) + 1 + outputPadding
 */
import { ConvkitError } from "../core/error.ts";
import { sizeOf } from "../core/shape.ts";
import type { RefArray } from "../graph/op.ts";
import { formatType } from "./broadcast.ts";
import {
  type ConvolutionAttrs,
  type ConvolutionGiven,
  checkImages,
  convolutionMacs,
  normalizeConvolution,
} from "./convolution.ts";
import type { Op, Oracle, TensorType } from "./op.ts";
import { type GivenPair, type Pair, toPair } from "./window.ts";

export type ConvTranspose2dAttrs = ConvolutionAttrs & { readonly outputPadding: Pair };
export type ConvTranspose2dGiven = ConvolutionGiven & { readonly outputPadding?: GivenPair };

const outputSize = (
  x: TensorType,
  w: TensorType,
  attrs: ConvTranspose2dAttrs,
): [number, number] => {
  const along = (i: 0 | 1) =>
    (x.shape[2 + i] - 1) * attrs.stride[i] -
    attrs.padding[2 * i] -
    attrs.padding[2 * i + 1] +
    attrs.dilation[i] * (w.shape[2 + i] - 1) +
    1 +
    attrs.outputPadding[i];
  return [along(0), along(1)];
};

export const convTranspose2d: Op<ConvTranspose2dAttrs, 2, ConvTranspose2dGiven> = {
  name: "convTranspose2d",
  normalize: (given, [, w]) => ({
    ...normalizeConvolution("convTranspose2d", given, w.shape.slice(2)),
    outputPadding: toPair("convTranspose2d", "outputPadding", given.outputPadding ?? 0, 0),
  }),
  infer: ([x, w], attrs) => {
    checkImages("convTranspose2d", [x], w);
    const named = `x ${formatType(x)}, w ${formatType(w)}`;
    const { groups, outputPadding, stride } = attrs;
    if (x.shape[1] !== w.shape[0]) {
      throw new ConvkitError(
        "convTranspose2d",
        `input has ${x.shape[1]} channels, weight expects ${w.shape[0]} — ${named}`,
      );
    }
    if (w.shape[0] % groups !== 0) {
      throw new ConvkitError(
        "convTranspose2d",
        `${w.shape[0]} input channels do not divide into ${groups} groups — ${named}`,
      );
    }
    if (outputPadding.some((size, i) => size >= Math.max(stride[i], attrs.dilation[i]))) {
      throw new ConvkitError(
        "convTranspose2d",
        `outputPadding ${outputPadding} must be smaller than the stride ${stride} or the dilation ` +
          `${attrs.dilation}`,
      );
    }
    const size = outputSize(x, w, attrs);
    if (size.some((dim) => dim < 1)) {
      throw new ConvkitError(
        "convTranspose2d",
        `the padding leaves nothing of the result — ${named}`,
      );
    }
    const shape = [x.shape[0], w.shape[1] * groups, ...size];
    return { shape, dtype: x.dtype, batched: x.batched };
  },
  compose: (g, [x, w], attrs) => {
    const { outputPadding, stride, ...others } = attrs;
    const inputSize = outputSize(x.node, w.node, attrs);
    // Whole strides of output padding are windows that the input has no element for.
    const after = [0, 0, ...outputPadding.map((size, i) => Math.floor(size / stride[i]))];
    const windows = after.some((n) => n > 0) ? g.pad(x, { after }) : x;
    return g.conv2dInputGrad(windows, w, { ...others, stride, inputSize });
  },
  macs: ([x, w]) => convolutionMacs(w.shape, x.shape),
  flops: () => 0,
};

/** Each element of the input stamps the kernel, times itself, onto the result. */
function stamp([x, w]: readonly RefArray[], attrs: ConvTranspose2dAttrs, out: TensorType) {
  const { stride, padding, dilation, groups } = attrs;
  const [images, channels, height, width] = x.shape;
  const [, perGroup, kernelHeight, kernelWidth] = w.shape;
  const [, filters, outHeight, outWidth] = out.shape;
  const y = new Float64Array(sizeOf(out.shape));
  for (let n = 0; n < images; n++)
    for (let c = 0; c < channels; c++)
      for (let i = 0; i < height; i++)
        for (let j = 0; j < width; j++) {
          const value = x.data[((n * channels + c) * height + i) * width + j];
          const group = Math.floor(c / (channels / groups));
          for (let f = 0; f < perGroup; f++)
            for (let kh = 0; kh < kernelHeight; kh++)
              for (let kw = 0; kw < kernelWidth; kw++) {
                const row = i * stride[0] + kh * dilation[0] - padding[0];
                const column = j * stride[1] + kw * dilation[1] - padding[2];
                if (row < 0 || row >= outHeight || column < 0 || column >= outWidth) continue;
                const weight = w.data[((c * perGroup + f) * kernelHeight + kh) * kernelWidth + kw];
                const plane = n * filters + group * perGroup + f;
                y[(plane * outHeight + row) * outWidth + column] += value * weight;
              }
        }
  return y;
}

export const convTranspose2dOracle: Oracle<ConvTranspose2dAttrs> = {
  reference: stamp,
  samples: [
    { name: "plain", inputs: [{ shape: [1, 2, 3, 4] }, { shape: [2, 3, 3, 2] }] },
    {
      name: "stride 2",
      inputs: [{ shape: [2, 3, 4, 3] }, { shape: [3, 2, 4, 4] }],
      attrs: { stride: 2, padding: 1 },
    },
    {
      name: "output padding",
      inputs: [{ shape: [1, 2, 3, 3] }, { shape: [2, 1, 3, 3] }],
      attrs: { stride: [2, 3], padding: 1, outputPadding: [1, 2] },
    },
    {
      name: "four paddings, dilated",
      inputs: [{ shape: [1, 1, 4, 4] }, { shape: [1, 3, 3, 2] }],
      attrs: { padding: [0, 1, 2, 0], dilation: [2, 1] },
    },
    {
      name: "two groups",
      inputs: [{ shape: [1, 4, 3, 3] }, { shape: [4, 3, 2, 2] }],
      attrs: { groups: 2, stride: 2 },
    },
    {
      name: "batch",
      inputs: [{ shape: [5, 3, 3, 3] }, { shape: [3, 4, 3, 3], static: true }],
      attrs: { stride: 2, padding: 1, outputPadding: 1 },
      batched: true,
    },
  ],
  torch: "conv_transpose2d(x, w, attrs)",
};
