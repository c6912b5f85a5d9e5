/**
 * Where in its window the largest element stands: kh·(kernel width) + kw. The first of equals wins, and NaN wins
 * over numbers. A position in the window fits any size of image and survives a change of layout.
 */
import { sizeOf } from "../core/shape.ts";
import type { Op, Oracle } from "./op.ts";
import {
  lowerMaxPool,
  type MaxPoolAttrs,
  type MaxPoolGiven,
  maxPoolSamples,
  normalizeMaxPool,
  pooledType,
} from "./pooling.ts";

export const maxPool2dIndices: Op<MaxPoolAttrs, 1, MaxPoolGiven> = {
  name: "maxPool2dIndices",
  normalize: (given) => normalizeMaxPool("maxPool2dIndices", given),
  infer: ([x], attrs) => ({ ...pooledType("maxPool2dIndices", x, attrs), dtype: "i32" }),
  vjp: () => [null],
  lower: lowerMaxPool("argmax"),
  flops: (_inputs, { kernel }, out) => sizeOf(out.shape) * sizeOf(kernel),
};

export const maxPool2dIndicesOracle: Oracle<MaxPoolAttrs> = {
  reference: ([x], { kernel, stride, padding, dilation }, out) => {
    const [, , height, width] = x.shape;
    const [images, channels, outHeight, outWidth] = out.shape;
    const y = new Float64Array(sizeOf(out.shape));
    for (let plane = 0; plane < images * channels; plane++)
      for (let oh = 0; oh < outHeight; oh++)
        for (let ow = 0; ow < outWidth; ow++) {
          let best = Number.NEGATIVE_INFINITY;
          let place = 0;
          for (let kh = 0; kh < kernel[0]; kh++)
            for (let kw = 0; kw < kernel[1]; kw++) {
              const row = oh * stride[0] - padding[0] + kh * dilation[0];
              const column = ow * stride[1] - padding[2] + kw * dilation[1];
              if (row < 0 || row >= height || column < 0 || column >= width) continue;
              const value = x.data[(plane * height + row) * width + column];
              if (!(value > best || (Number.isNaN(value) && !Number.isNaN(best)))) continue;
              best = value;
              place = kh * kernel[1] + kw;
            }
          y[(plane * outHeight + oh) * outWidth + ow] = place;
        }
    return y;
  },
  samples: /* @__PURE__ */ maxPoolSamples(
    ({ x, attrs }) => ({ inputs: [{ shape: x, distinct: 0.01 }], attrs }),
    [
      {
        name: "equals and zeros",
        inputs: [{ shape: [1, 1, 2, 6], values: [1, 1, 0, -0, -1, -1, 1, 1, -0, 0, -2, -1] }],
        attrs: { kernel: 2 },
      },
      {
        name: "NaN wins",
        inputs: [
          { shape: [1, 1, 2, 6], values: [1, Number.NaN, 2, 3, 9, 8, 3, 2, 5, Number.NaN, 7, 9] },
        ],
        attrs: { kernel: 2 },
      },
    ],
  ),
  torch: "max_pool2d(x, attrs)[1]",
};
