/**
 * The gradient of `conv2d` with respect to its weights: the correlation of input and cotangent,
 *   dw[o,c,kh,kw] = Σ x[n, c, i·s − p + kh·d, j·s − p + kw·d]·ct[n,o,i,j] over the images n, i and j.
 */
import { ConvkitError } from "../core/error.ts";
import { formatShape } from "../core/shape.ts";
import { formatType } from "./broadcast.ts";
import {
  type ConvolutionAttrs,
  type ConvolutionGiven,
  checkImages,
  convolutionAxes,
  convolutionMacs,
  convolutionSamples,
  eachProduct,
  normalizeConvolution,
} from "./convolution.ts";
import type { Op, Oracle } from "./op.ts";
import { type Pair, tapOf, toPair } from "./window.ts";

export type Conv2dWeightGradAttrs = ConvolutionAttrs & { readonly kernelSize: Pair };
export type Conv2dWeightGradGiven = ConvolutionGiven & { readonly kernelSize?: readonly number[] };

export const conv2dWeightGrad: Op<Conv2dWeightGradAttrs, 2, Conv2dWeightGradGiven> = {
  name: "conv2dWeightGrad",
  normalize: (given) => {
    const kernelSize = toPair("conv2dWeightGrad", "kernelSize", given.kernelSize ?? []);
    return { ...normalizeConvolution("conv2dWeightGrad", given, kernelSize), kernelSize };
  },
  infer: ([x, ct], { kernelSize, ...attrs }) => {
    checkImages("conv2dWeightGrad", [x, ct]);
    const named = `x ${formatType(x)}, ct ${formatType(ct)}`;
    const shape = [ct.shape[1], Math.floor(x.shape[1] / attrs.groups), ...kernelSize];
    const axes = convolutionAxes("conv2dWeightGrad", { x: x.shape, w: shape }, attrs, named);
    const y = [x.shape[0], ct.shape[1], axes[0].output, axes[1].output];
    if (x.batched !== ct.batched || formatShape(ct.shape) !== formatShape(y)) {
      throw new ConvkitError(
        "conv2dWeightGrad",
        `the cotangent must be ${formatType({ ...x, shape: y })} — ${named}`,
      );
    }
    return { shape, dtype: x.dtype, batched: false };
  },
  vjp: (g, v, [x, ct], { kernelSize: _, ...attrs }) => [
    g.conv2dInputGrad(ct, v, { ...attrs, inputSize: [x.shape[2], x.shape[3]] }),
    g.conv2d(x, v, attrs),
  ],
  lower: (e, [x, ct], { kernelSize: _, ...attrs }, [o, c, kh, kw], out) => {
    const [filters, perGroup] = out.shape;
    const shapes = { x: x.shape, w: out.shape };
    const [vertical, horizontal] = convolutionAxes("conv2dWeightGrad", shapes, attrs);
    const channel = e.iadd(e.imul(e.idiv(o, filters / attrs.groups), perGroup), c);
    const images = x.batched ? "batch" : x.shape[0];
    return e.reduce("sum", [images, vertical.output, horizontal.output], ([n, oh, ow]) => {
      const row = tapOf(e, vertical, oh, kh);
      const column = tapOf(e, horizontal, ow, kw);
      return e.guard(
        [row.guard, column.guard],
        () => e.binary("mul", x.at(n, channel, row.at, column.at), ct.at(n, o, oh, ow)),
        e.constant(0, x.dtype),
      );
    });
  },
  macs: ([, ct], _attrs, out) => convolutionMacs(out.shape, ct.shape),
  flops: () => 0,
};

export const conv2dWeightGradOracle: Oracle<Conv2dWeightGradAttrs> = {
  reference: ([x, ct], attrs, out) => {
    const dw = new Float64Array(out.shape.reduce((size, dim) => size * dim, 1));
    eachProduct(x.shape, out.shape, ct.shape, attrs, (xi, wi, yi) => {
      dw[wi] += x.data[xi] * ct.data[yi];
    });
    return dw;
  },
  samples: /* @__PURE__ */ convolutionSamples(({ x, w, y, attrs }) => ({
    inputs: [{ shape: x }, { shape: y }],
    attrs: { ...attrs, kernelSize: w.slice(2) },
  })),
  torch: "conv2d_weight_grad(a, b, attrs)",
};
