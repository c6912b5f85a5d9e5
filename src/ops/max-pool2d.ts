/** The largest element of each window; padding never wins, NaN always does. */
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

export const maxPool2d: Op<MaxPoolAttrs, 1, MaxPoolGiven> = {
  name: "maxPool2d",
  normalize: (given) => normalizeMaxPool("maxPool2d", given),
  infer: ([x], attrs) => pooledType("maxPool2d", x, attrs),
  vjp: (g, ct, [x], attrs) => [
    g.maxPool2dGrad(ct, g.maxPool2dIndices(x, attrs), {
      ...attrs,
      inputSize: [x.shape[2], x.shape[3]],
    }),
  ],
  lower: lowerMaxPool("max"),
  flops: (_inputs, { kernel }, out) => sizeOf(out.shape) * sizeOf(kernel),
};

export const maxPool2dOracle: Oracle<MaxPoolAttrs> = {
  reference: ([x], { kernel, stride, padding, dilation }, out) => {
    const [, , height, width] = x.shape;
    const [images, channels, outHeight, outWidth] = out.shape;
    const y = new Float64Array(sizeOf(out.shape));
    for (let plane = 0; plane < images * channels; plane++)
      for (let oh = 0; oh < outHeight; oh++)
        for (let ow = 0; ow < outWidth; ow++) {
          let best = Number.NEGATIVE_INFINITY;
          for (let kh = 0; kh < kernel[0]; kh++)
            for (let kw = 0; kw < kernel[1]; kw++) {
              const row = oh * stride[0] - padding[0] + kh * dilation[0];
              const column = ow * stride[1] - padding[2] + kw * dilation[1];
              if (row < 0 || row >= height || column < 0 || column >= width) continue;
              best = Math.max(best, x.data[(plane * height + row) * width + column]);
            }
          y[(plane * outHeight + oh) * outWidth + ow] = best;
        }
    return y;
  },
  samples: /* @__PURE__ */ maxPoolSamples(({ x, attrs }) => ({
    inputs: [{ shape: x, distinct: 0.01 }],
    attrs,
  })),
  torch: "max_pool2d(x, attrs)[0]",
};
