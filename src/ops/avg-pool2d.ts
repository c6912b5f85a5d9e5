/**
 * The mean of each window. The padding counts as zeros unless `countIncludePad` is false; what hangs over the
 * padding in ceil mode never counts.
 */
import { sizeOf } from "../core/shape.ts";
import type { Op, Oracle } from "./op.ts";
import {
  type AvgPoolAttrs,
  type AvgPoolGiven,
  avgPoolSamples,
  normalizeAvgPool,
  poolAxes,
  pooledType,
  windowElements,
} from "./pooling.ts";
import { tapOf } from "./window.ts";

export const avgPool2d: Op<AvgPoolAttrs, 1, AvgPoolGiven> = {
  name: "avgPool2d",
  normalize: (given) => normalizeAvgPool("avgPool2d", given),
  infer: ([x], attrs) => pooledType("avgPool2d", x, attrs),
  vjp: (g, ct, [x], attrs) => [
    g.avgPool2dGrad(ct, { ...attrs, inputSize: [x.shape[2], x.shape[3]] }),
  ],
  lower: (e, [x], attrs, [n, c, oh, ow]) => {
    const axes = poolAxes("avgPool2d", x.shape.slice(2), attrs);
    const sum = e.reduce("sum", attrs.kernel, ([kh, kw]) => {
      const row = tapOf(e, axes[0], oh, kh);
      const column = tapOf(e, axes[1], ow, kw);
      return e.guard(
        [row.guard, column.guard],
        () => x.at(n, c, row.at, column.at),
        e.constant(0, x.dtype),
      );
    });
    return e.binary("div", sum, windowElements(e, axes, oh, ow, attrs));
  },
  flops: (_inputs, { kernel }, out) => sizeOf(out.shape) * (sizeOf(kernel) + 1),
};

export const avgPool2dOracle: Oracle<AvgPoolAttrs> = {
  reference: ([x], { kernel, stride, padding, countIncludePad }, out) => {
    const [, , height, width] = x.shape;
    const [images, channels, outHeight, outWidth] = out.shape;
    const y = new Float64Array(sizeOf(out.shape));
    for (let plane = 0; plane < images * channels; plane++)
      for (let oh = 0; oh < outHeight; oh++)
        for (let ow = 0; ow < outWidth; ow++) {
          let sum = 0;
          let count = 0;
          for (let kh = 0; kh < kernel[0]; kh++)
            for (let kw = 0; kw < kernel[1]; kw++) {
              const row = oh * stride[0] - padding[0] + kh;
              const column = ow * stride[1] - padding[2] + kw;
              const isImage = row >= 0 && row < height && column >= 0 && column < width;
              const isPadded = row < height + padding[1] && column < width + padding[3];
              if (isImage) sum += x.data[(plane * height + row) * width + column];
              if (isImage || (countIncludePad && isPadded)) count++;
            }
          y[(plane * outHeight + oh) * outWidth + ow] = sum / count;
        }
    return y;
  },
  samples: /* @__PURE__ */ avgPoolSamples(({ x, attrs }) => ({ inputs: [{ shape: x }], attrs })),
  torch: "avg_pool2d(x, attrs)",
};
