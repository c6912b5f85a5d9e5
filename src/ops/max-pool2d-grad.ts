/**
 * The gradient of `maxPool2d`: the cotangent of each window goes to the place that `maxPool2dIndices` names,
 *   dx[n,c,y,x] = Σ ct[n,c,i,j] over the windows (i, j) whose largest element is (y, x).
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
  unpooledType,
} from "./pooling.ts";
import { isDisjoint, ownerOf, type Pair, toPair, windowOf } from "./window.ts";

export type MaxPool2dGradAttrs = MaxPoolAttrs & { readonly inputSize: Pair };
export type MaxPool2dGradGiven = MaxPoolGiven & { readonly inputSize?: readonly number[] };

export const maxPool2dGrad: Op<MaxPool2dGradAttrs, 2, MaxPool2dGradGiven> = {
  name: "maxPool2dGrad",
  normalize: (given) => ({
    ...normalizeMaxPool("maxPool2dGrad", given),
    inputSize: toPair("maxPool2dGrad", "inputSize", given.inputSize ?? []),
  }),
  infer: ([ct, indices], { inputSize, ...attrs }) => {
    checkIndices("maxPool2dGrad", indices, ct);
    return unpooledType("maxPool2dGrad", ct, inputSize, attrs);
  },
  vjp: (g, v, [, indices], { inputSize: _, ...attrs }) => [
    g.maxPool2dTake(v, indices, attrs),
    null,
  ],
  lower: (e, [ct, indices], { inputSize, ...attrs }, [n, c, y, x]) => {
    const [vertical, horizontal] = poolAxes("maxPool2dGrad", inputSize, attrs);
    const zero = e.constant(0, ct.dtype);
    const [, width] = attrs.kernel;
    type Place = typeof y;
    const chosen = (oh: Place, ow: Place, kh: Place, kw: Place) => {
      const place = e.fromIndex(e.iadd(e.imul(kh, width), kw), "i32");
      const isHere = e.binary("eq", indices.at(n, c, oh, ow), place);
      return e.select(isHere, ct.at(n, c, oh, ow), zero);
    };
    if (isDisjoint(vertical) && isDisjoint(horizontal)) {
      const row = ownerOf(e, vertical, y);
      const column = ownerOf(e, horizontal, x);
      const inside = () => chosen(row.at, column.at, row.tap, column.tap);
      return e.guard([...row.guards, ...column.guards], inside, zero);
    }
    return e.reduce("sum", attrs.kernel, ([kh, kw]) => {
      const row = windowOf(e, vertical, y, kh);
      const column = windowOf(e, horizontal, x, kw);
      const inside = () => chosen(row.at, column.at, kh, kw);
      return e.guard([...row.guards, ...column.guards], inside, zero);
    });
  },
  flops: ([ct]) => sizeOf(ct.shape),
};

export const maxPool2dGradOracle: Oracle<MaxPool2dGradAttrs> = {
  reference: ([ct, indices], { kernel, stride, padding, dilation }, out) => {
    const [, , outHeight, outWidth] = ct.shape;
    const [images, channels, height, width] = out.shape;
    const dx = new Float64Array(sizeOf(out.shape));
    for (let plane = 0; plane < images * channels; plane++)
      for (let oh = 0; oh < outHeight; oh++)
        for (let ow = 0; ow < outWidth; ow++) {
          const at = (plane * outHeight + oh) * outWidth + ow;
          const place = indices.data[at];
          const row = oh * stride[0] - padding[0] + Math.floor(place / kernel[1]) * dilation[0];
          const column = ow * stride[1] - padding[2] + (place % kernel[1]) * dilation[1];
          if (row < 0 || row >= height || column < 0 || column >= width) continue;
          dx[(plane * height + row) * width + column] += ct.data[at];
        }
    return dx;
  },
  // A place in the padding belongs to nothing, and its cotangent is dropped.
  samples: /* @__PURE__ */ maxPoolSamples(({ x, y, attrs }) => ({
    inputs: [{ shape: y }, placesLike(y, attrs)],
    attrs: { ...attrs, inputSize: x.slice(2) },
  })),
  torch: "max_pool2d_grad(a, b, attrs)",
};
