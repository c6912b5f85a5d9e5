/**
 * Reads x at the places that `maxPool2dIndices` names, one for each window: the adjoint of `maxPool2dGrad`, which
 * closes max pooling under differentiation.
 */
import { sizeOf } from "../core/shape.ts";
import type { Op, Oracle } from "./op.ts";
import {
  checkIndices,
  type MaxPoolAttrs,
  type MaxPoolGiven,
  maxPoolSamples,
  normalizeMaxPool,
  placesLike,
  poolAxes,
  pooledType,
} from "./pooling.ts";
import { tapOf } from "./window.ts";

export const maxPool2dTake: Op<MaxPoolAttrs, 2, MaxPoolGiven> = {
  name: "maxPool2dTake",
  normalize: (given) => normalizeMaxPool("maxPool2dTake", given),
  infer: ([x, indices], attrs) => {
    const pooled = pooledType("maxPool2dTake", x, attrs);
    checkIndices("maxPool2dTake", indices, pooled);
    return pooled;
  },
  vjp: (g, ct, [x, indices], attrs) => [
    g.maxPool2dGrad(ct, indices, { ...attrs, inputSize: [x.shape[2], x.shape[3]] }),
    null,
  ],
  lower: (e, [x, indices], attrs, [n, c, oh, ow]) => {
    const [vertical, horizontal] = poolAxes("maxPool2dTake", x.shape.slice(2), attrs);
    const zero = e.constant(0, x.dtype);
    const chosen = indices.at(n, c, oh, ow);
    return e.reduce("sum", attrs.kernel, ([kh, kw]) => {
      const row = tapOf(e, vertical, oh, kh);
      const column = tapOf(e, horizontal, ow, kw);
      const place = e.fromIndex(e.iadd(e.imul(kh, attrs.kernel[1]), kw), "i32");
      const isHere = e.binary("eq", chosen, place);
      const inside = () => e.select(isHere, x.at(n, c, row.at, column.at), zero);
      return e.guard([row.guard, column.guard], inside, zero);
    });
  },
  flops: (_inputs, _attrs, out) => sizeOf(out.shape),
};

export const maxPool2dTakeOracle: Oracle<MaxPoolAttrs> = {
  reference: ([x, indices], { kernel, stride, padding, dilation }, out) => {
    const [, , height, width] = x.shape;
    const [images, channels, outHeight, outWidth] = out.shape;
    const y = new Float64Array(sizeOf(out.shape));
    for (let plane = 0; plane < images * channels; plane++)
      for (let oh = 0; oh < outHeight; oh++)
        for (let ow = 0; ow < outWidth; ow++) {
          const at = (plane * outHeight + oh) * outWidth + ow;
          const place = indices.data[at];
          const row = oh * stride[0] - padding[0] + Math.floor(place / kernel[1]) * dilation[0];
          const column = ow * stride[1] - padding[2] + (place % kernel[1]) * dilation[1];
          if (row < 0 || row >= height || column < 0 || column >= width) continue;
          y[at] = x.data[(plane * height + row) * width + column];
        }
    return y;
  },
  // A place in the padding reads as 0.
  samples: /* @__PURE__ */ maxPoolSamples(({ x, y, attrs }) => ({
    inputs: [{ shape: x }, placesLike(y, attrs)],
    attrs,
  })),
  torch: "max_pool2d_take(a, b, attrs)",
};
