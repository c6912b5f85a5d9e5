/** The gradient of `avgPool2d`: each window spreads its cotangent, over its count, evenly on its elements. */
import { sizeOf } from "../core/shape.ts";
import type { Op, Oracle } from "./op.ts";
import {
  type AvgPoolAttrs,
  type AvgPoolGiven,
  avgPoolSamples,
  normalizeAvgPool,
  poolAxes,
  unpooledType,
  windowElements,
} from "./pooling.ts";
import { isDisjoint, ownerOf, type Pair, toPair, windowOf } from "./window.ts";

export type AvgPool2dGradAttrs = AvgPoolAttrs & { readonly inputSize: Pair };
export type AvgPool2dGradGiven = AvgPoolGiven & { readonly inputSize?: readonly number[] };

export const avgPool2dGrad: Op<AvgPool2dGradAttrs, 1, AvgPool2dGradGiven> = {
  name: "avgPool2dGrad",
  normalize: (given) => ({
    ...normalizeAvgPool("avgPool2dGrad", given),
    inputSize: toPair("avgPool2dGrad", "inputSize", given.inputSize ?? []),
  }),
  infer: ([ct], { inputSize, ...attrs }) => unpooledType("avgPool2dGrad", ct, inputSize, attrs),
  vjp: (g, v, _inputs, { inputSize: _, ...attrs }) => [g.avgPool2d(v, attrs)],
  lower: (e, [ct], { inputSize, ...attrs }, [n, c, y, x]) => {
    const axes = poolAxes("avgPool2dGrad", inputSize, attrs);
    const zero = e.constant(0, ct.dtype);
    const share = (oh: typeof y, ow: typeof x) =>
      e.binary("div", ct.at(n, c, oh, ow), windowElements(e, axes, oh, ow, attrs));
    if (axes.every(isDisjoint)) {
      const row = ownerOf(e, axes[0], y);
      const column = ownerOf(e, axes[1], x);
      return e.guard([...row.guards, ...column.guards], () => share(row.at, column.at), zero);
    }
    return e.reduce("sum", attrs.kernel, ([kh, kw]) => {
      const row = windowOf(e, axes[0], y, kh);
      const column = windowOf(e, axes[1], x, kw);
      return e.guard([...row.guards, ...column.guards], () => share(row.at, column.at), zero);
    });
  },
  flops: ([ct], { kernel }) => sizeOf(ct.shape) * (sizeOf(kernel) + 1),
};

export const avgPool2dGradOracle: Oracle<AvgPool2dGradAttrs> = {
  reference: ([ct], { kernel, stride, padding, countIncludePad }, out) => {
    const [, , outHeight, outWidth] = ct.shape;
    const [images, channels, height, width] = out.shape;
    const dx = new Float64Array(sizeOf(out.shape));
    for (let plane = 0; plane < images * channels; plane++)
      for (let oh = 0; oh < outHeight; oh++)
        for (let ow = 0; ow < outWidth; ow++) {
          const places: number[] = [];
          let count = 0;
          for (let kh = 0; kh < kernel[0]; kh++)
            for (let kw = 0; kw < kernel[1]; kw++) {
              const row = oh * stride[0] - padding[0] + kh;
              const column = ow * stride[1] - padding[2] + kw;
              const isImage = row >= 0 && row < height && column >= 0 && column < width;
              const isPadded = row < height + padding[1] && column < width + padding[3];
              if (isImage) places.push((plane * height + row) * width + column);
              if (isImage || (countIncludePad && isPadded)) count++;
            }
          for (const place of places) {
            dx[place] += ct.data[(plane * outHeight + oh) * outWidth + ow] / count;
          }
        }
    return dx;
  },
  samples: /* @__PURE__ */ avgPoolSamples(({ x, y, attrs }) => ({
    inputs: [{ shape: y }],
    attrs: { ...attrs, inputSize: x.slice(2) },
  })),
  torch: "avg_pool2d_grad(x, attrs)",
};
