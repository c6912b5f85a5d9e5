/**
 * What the three convolution ops share. A convolution is one sum of products x·w·ct: `conv2d` sums for the result,
 * `conv2dInputGrad` for x, `conv2dWeightGrad` for w, so each one's gradients are the other two.
 */
import { ConvkitError } from "../core/error.ts";
import { formatShape, type Shape, sizeOf } from "../core/shape.ts";
import type { TensorType } from "../graph/node.ts";
import type { Sample } from "../graph/op.ts";
import { formatType } from "./broadcast.ts";
import { checkDomain, checkSameDType } from "./pointwise.ts";
import {
  type GivenPadding,
  type GivenPair,
  type Pair,
  type Sides,
  toPadding,
  toPair,
  type WindowAxis,
  windowAxes,
} from "./window.ts";

export type ConvolutionAttrs = {
  readonly stride: Pair;
  readonly padding: Sides;
  readonly dilation: Pair;
  readonly groups: number;
};

export type ConvolutionGiven = {
  readonly stride?: GivenPair;
  readonly padding?: GivenPadding;
  readonly dilation?: GivenPair;
  readonly groups?: number;
};

/** Sizes of the two tensors that meet: N×C×H×W and O×(C/groups)×kH×kW. */
export interface ConvolutionShapes {
  readonly x: Shape;
  readonly w: Shape;
}

export function normalizeConvolution(
  where: string,
  given: ConvolutionGiven,
  kernel: readonly number[],
): ConvolutionAttrs {
  const { groups = 1 } = given;
  if (!Number.isInteger(groups) || groups < 1) {
    throw new ConvkitError(where, `groups is ${groups}, expected a whole number of at least 1`);
  }
  const dilation = toPair(where, "dilation", given.dilation ?? 1);
  return {
    stride: toPair(where, "stride", given.stride ?? 1),
    padding: toPadding(where, given.padding ?? 0, [kernel[0], kernel[1]], dilation),
    dilation,
    groups,
  };
}

/** Rank and element type of what enters; weights belong to all images, so they have no batch axis. */
export function checkImages(where: string, images: readonly TensorType[], weight?: TensorType) {
  const all = weight ? [...images, weight] : images;
  for (const x of images) {
    if (x.shape.length === 4) continue;
    throw new ConvkitError(
      where,
      `takes images N×C×H×W, got ${formatType(x)} — add axes with reshape`,
    );
  }
  if (weight && (weight.shape.length !== 4 || weight.batched)) {
    throw new ConvkitError(
      where,
      `weights are O×C×kH×kW for all images, got ${formatType(weight)}`,
    );
  }
  checkDomain(where, "float", all);
  checkSameDType(where, all);
}

/** The axes of the window; throws where channels, groups and sizes do not fit. `named` ends the message. */
export function convolutionAxes(
  where: string,
  { x, w }: ConvolutionShapes,
  { groups, ...window }: ConvolutionAttrs,
  named = `x ${formatShape(x)}, w ${formatShape(w)}`,
): readonly [WindowAxis, WindowAxis] {
  if (x[1] !== w[1] * groups) {
    const split = groups > 1 ? ` in ${groups} groups` : "";
    throw new ConvkitError(
      where,
      `input has ${x[1]} channels, weight expects ${w[1] * groups}${split} — ${named}`,
    );
  }
  if (w[0] % groups !== 0) {
    throw new ConvkitError(where, `${w[0]} filters do not divide into ${groups} groups — ${named}`);
  }
  return windowAxes(where, x.slice(2), { ...window, kernel: toPair(where, "kernel", w.slice(2)) });
}

/** N·O·OH·OW·(C/groups)·kH·kW, the same for all three. */
export const convolutionMacs = (w: Shape, y: Shape): number => sizeOf(y) * sizeOf(w.slice(1));

/** Visits every product of an element of x and one of w, with the place in y where it is added. */
export function eachProduct(
  x: Shape,
  w: Shape,
  y: Shape,
  { stride, padding, dilation, groups }: ConvolutionAttrs,
  visit: (x: number, w: number, y: number) => void,
): void {
  const [, channels, height, width] = x;
  const [, perGroup, kernelHeight, kernelWidth] = w;
  const [images, filters, outHeight, outWidth] = y;
  for (let n = 0; n < images; n++)
    for (let o = 0; o < filters; o++)
      for (let c = 0; c < perGroup; c++)
        for (let kh = 0; kh < kernelHeight; kh++)
          for (let kw = 0; kw < kernelWidth; kw++)
            for (let oh = 0; oh < outHeight; oh++)
              for (let ow = 0; ow < outWidth; ow++) {
                const row = oh * stride[0] + kh * dilation[0] - padding[0];
                const column = ow * stride[1] + kw * dilation[1] - padding[2];
                if (row < 0 || row >= height || column < 0 || column >= width) continue;
                const channel = Math.floor(o / (filters / groups)) * perGroup + c;
                visit(
                  ((n * channels + channel) * height + row) * width + column,
                  ((o * perGroup + c) * kernelHeight + kh) * kernelWidth + kw,
                  ((n * filters + o) * outHeight + oh) * outWidth + ow,
                );
              }
}

interface ConvolutionCase extends ConvolutionShapes {
  readonly name: string;
  readonly y: Shape;
  readonly attrs: ConvolutionGiven;
  readonly batched?: boolean;
}

// biome-ignore format: one case a line
const cases: readonly ConvolutionCase[] = [
  { name: "1×1", x: [2, 3, 4, 5], w: [5, 3, 1, 1], y: [2, 5, 4, 5], attrs: {} },
  { name: "one channel", x: [1, 1, 5, 5], w: [1, 1, 3, 3], y: [1, 1, 3, 3], attrs: {} },
  { name: "5×5 same", x: [2, 1, 7, 6], w: [3, 1, 5, 5], y: [2, 3, 7, 6], attrs: { padding: "same" } },
  { name: "even kernel, same", x: [1, 2, 5, 6], w: [3, 2, 4, 2], y: [1, 3, 5, 6], attrs: { padding: "same" } },
  { name: "kernel as large as the image", x: [2, 3, 3, 4], w: [4, 3, 3, 4], y: [2, 4, 1, 1], attrs: {} },
  { name: "stride 2", x: [2, 3, 7, 7], w: [4, 3, 3, 3], y: [2, 4, 4, 4], attrs: { stride: 2, padding: 1 } },
  { name: "stride over the kernel", x: [1, 2, 8, 8], w: [3, 2, 2, 2], y: [1, 3, 3, 3], attrs: { stride: 3 } },
  { name: "1×1, stride 2", x: [1, 3, 5, 6], w: [5, 3, 1, 1], y: [1, 5, 3, 3], attrs: { stride: 2 } },
  { name: "two strides, four paddings", x: [1, 2, 8, 9], w: [3, 2, 3, 2], y: [1, 3, 4, 3], attrs: { stride: [2, 3], padding: [0, 2, 1, 0] } },
  { name: "padding over the kernel", x: [1, 1, 3, 3], w: [2, 1, 2, 2], y: [1, 2, 7, 6], attrs: { padding: [3, 2, 0, 4] } },
  { name: "dilation 2", x: [1, 3, 7, 7], w: [2, 3, 3, 3], y: [1, 2, 7, 7], attrs: { dilation: 2, padding: 2 } },
  { name: "dilations and strides", x: [1, 2, 9, 8], w: [3, 2, 3, 2], y: [1, 3, 4, 3], attrs: { dilation: [1, 3], stride: 2, padding: [0, 0, 1, 0] } },
  { name: "two groups", x: [2, 4, 5, 5], w: [6, 2, 3, 3], y: [2, 6, 5, 5], attrs: { groups: 2, padding: 1 } },
  { name: "depthwise", x: [1, 5, 6, 6], w: [5, 1, 3, 3], y: [1, 5, 6, 6], attrs: { groups: 5, padding: 1 } },
  { name: "depthwise, two filters each", x: [1, 3, 5, 5], w: [6, 1, 3, 3], y: [1, 6, 2, 2], attrs: { groups: 3, stride: 2 } },
  { name: "16 to 17 channels", x: [1, 16, 4, 4], w: [17, 16, 3, 3], y: [1, 17, 4, 4], attrs: { padding: 1 } },
  { name: "17 to 16 channels", x: [1, 17, 3, 3], w: [16, 17, 1, 1], y: [1, 16, 3, 3], attrs: {} },
  { name: "batch", x: [5, 3, 6, 6], w: [4, 3, 3, 3], y: [5, 4, 6, 6], attrs: { padding: 1 }, batched: true },
  { name: "batch of 17", x: [17, 2, 4, 4], w: [3, 2, 3, 3], y: [17, 3, 4, 4], attrs: { padding: 1 }, batched: true },
  { name: "batch 5×5, stride 2", x: [5, 1, 8, 8], w: [6, 1, 5, 5], y: [5, 6, 4, 4], attrs: { padding: 2, stride: 2 }, batched: true },
  { name: "batch 1×1", x: [5, 5, 4, 3], w: [16, 5, 1, 1], y: [5, 16, 4, 3], attrs: {}, batched: true },
  { name: "batch, two groups, dilated", x: [5, 4, 7, 6], w: [6, 2, 3, 3], y: [5, 6, 3, 2], attrs: { groups: 2, dilation: 2 }, batched: true },
  { name: "batch, depthwise", x: [5, 3, 5, 5], w: [3, 1, 3, 3], y: [5, 3, 5, 5], attrs: { groups: 3, padding: 1 }, batched: true },
];

/** The cases as samples of one of the three ops, and more samples. */
export const convolutionSamples = (
  sample: (c: ConvolutionCase) => Pick<Sample, "inputs" | "attrs">,
  more: readonly Sample[] = [],
): Sample[] => [
  ...cases.map((c) => ({ name: c.name, batched: c.batched ?? false, ...sample(c) })),
  ...more,
];
