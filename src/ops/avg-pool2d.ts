/**
 * The mean of each window. The padding counts as zeros unless `countIncludePad` is false; what hangs over the
 * padding in ceil mode never counts.
 */
import { sizeOf } from "../core/shape.ts";
import type { Element, Index, Lowering } from "../graph/lower.ts";
import type { Op, Oracle } from "./op.ts";
import {
  type AvgPoolAttrs,
  type AvgPoolGiven,
  avgPoolSamples,
  normalizeWindow,
  poolAxes,
  pooledType,
  unpooledType,
} from "./pooling.ts";
import {
  isDisjoint,
  ownerOf,
  type Pair,
  tapOf,
  toPair,
  type WindowAxis,
  windowOf,
} from "./window.ts";

export type AvgPool2dGradAttrs = AvgPoolAttrs & { readonly inputSize: Pair };
export type AvgPool2dGradGiven = AvgPoolGiven & { readonly inputSize?: readonly number[] };

/** Attributes in their one form. */
export function normalizeAvgPool(where: string, given: AvgPoolGiven): AvgPoolAttrs {
  const { dilation: _, ...window } = normalizeWindow(where, given);
  const { ceilMode = false, countIncludePad = true } = given;
  return { ...window, ceilMode, countIncludePad };
}

/** How many elements the mean of window (oh, ow) divides by: a constant unless windows are cut at the ends. */
function windowElements(
  e: Lowering,
  axes: readonly [WindowAxis, WindowAxis],
  oh: Index,
  ow: Index,
  { countIncludePad }: AvgPoolAttrs,
): Element {
  const along = ({ kernel, stride, before, after, input, output }: WindowAxis, o: Index) => {
    const low = countIncludePad ? -before : 0;
    const high = input + (countIncludePad ? after : 0);
    const lastEnd = (output - 1) * stride - before + kernel;
    if (-before >= low && lastEnd <= high) return kernel;
    // min(o·s − p₀ + k, high) − max(o·s − p₀, low)
    const start = e.iadd(e.imul(o, stride), -before);
    const end = e.binary("min", e.fromIndex(e.iadd(start, kernel)), e.constant(high));
    return e.binary("sub", end, e.binary("max", e.fromIndex(start), e.constant(low)));
  };
  const [rows, columns] = [along(axes[0], oh), along(axes[1], ow)];
  if (typeof rows === "number" && typeof columns === "number") return e.constant(rows * columns);
  const [a, b] = [rows, columns].map((n) => (typeof n === "number" ? e.constant(n) : n));
  return e.binary("mul", a, b);
}

export const avgPool2d: Op<AvgPoolAttrs, 1, AvgPoolGiven> = {
  name: "avgPool2d",
  normalize: (given) => normalizeAvgPool("avgPool2d", given),
  infer: ([x], attrs) => pooledType("avgPool2d", x, attrs),
  vjp: (_g, ct, [x], attrs) => [
    ct.builder.apply(avgPool2dGrad, [ct], { ...attrs, inputSize: x.shape.slice(2) }),
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

/** The gradient of `avgPool2d`: each window spreads its cotangent, over its count, evenly on its elements. */
export const avgPool2dGrad: Op<AvgPool2dGradAttrs, 1, AvgPool2dGradGiven> = {
  name: "avgPool2dGrad",
  normalize: (given) => ({
    ...normalizeAvgPool("avgPool2dGrad", given),
    inputSize: toPair("avgPool2dGrad", "inputSize", given.inputSize ?? []),
  }),
  infer: ([ct], { inputSize, ...attrs }) => unpooledType("avgPool2dGrad", ct, inputSize, attrs),
  vjp: (_g, v, _inputs, { inputSize: _, ...attrs }) => [v.builder.apply(avgPool2d, [v], attrs)],
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
