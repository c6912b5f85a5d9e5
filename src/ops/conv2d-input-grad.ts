/**
 * The gradient of `conv2d` with respect to its input, which is also the transposed convolution (Dumoulin and
 * Visin 2016, arXiv:1603.07285, chapter 4):
 *   dx[n,c,y,x] = Σ ct[n, o, (y + p − kh·d)/s, (x + p − kw·d)/s]·w[o,c,kh,kw] over o of c's group, kh and kw,
 * where the divisions leave no remainder.
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
import { type Pair, toPair, windowOf } from "./window.ts";

export type Conv2dInputGradAttrs = ConvolutionAttrs & { readonly inputSize: Pair };
export type Conv2dInputGradGiven = ConvolutionGiven & { readonly inputSize?: readonly number[] };

export const conv2dInputGrad: Op<Conv2dInputGradAttrs, 2, Conv2dInputGradGiven> = {
  name: "conv2dInputGrad",
  normalize: (given, [, w]) => ({
    ...normalizeConvolution("conv2dInputGrad", given, w.shape.slice(2)),
    inputSize: toPair("conv2dInputGrad", "inputSize", given.inputSize ?? []),
  }),
  infer: ([ct, w], { inputSize, ...attrs }) => {
    checkImages("conv2dInputGrad", [ct], w);
    const shape = [ct.shape[0], w.shape[1] * attrs.groups, ...inputSize];
    const named = `ct ${formatType(ct)}, w ${formatType(w)}`;
    const axes = convolutionAxes("conv2dInputGrad", { x: shape, w: w.shape }, attrs, named);
    const y = [w.shape[0], axes[0].output, axes[1].output];
    if (formatShape(ct.shape.slice(1)) !== formatShape(y)) {
      throw new ConvkitError(
        "conv2dInputGrad",
        `the convolution of ${formatShape(inputSize)} gives ${formatShape(y)} — ${named}`,
      );
    }
    return { shape, dtype: ct.dtype, batched: ct.batched };
  },
  vjp: (g, v, [ct, w], { inputSize: _, ...attrs }) => [
    g.conv2d(v, w, attrs),
    g.conv2dWeightGrad(v, ct, { ...attrs, kernelSize: [w.shape[2], w.shape[3]] }),
  ],
  lower: (e, [ct, w], { inputSize: _, ...attrs }, [n, c, y, x], out) => {
    const [filters, perGroup, kernelHeight, kernelWidth] = w.shape;
    const shapes = { x: out.shape, w: w.shape };
    const [vertical, horizontal] = convolutionAxes("conv2dInputGrad", shapes, attrs);
    const filtersPerGroup = filters / attrs.groups;
    const first = e.imul(e.idiv(c, perGroup), filtersPerGroup);
    const within = e.imod(c, perGroup);
    return e.reduce("sum", [filtersPerGroup, kernelHeight, kernelWidth], ([f, kh, kw]) => {
      const row = windowOf(e, vertical, y, kh);
      const column = windowOf(e, horizontal, x, kw);
      const o = e.iadd(first, f);
      return e.guard(
        [...row.guards, ...column.guards],
        () => e.binary("mul", ct.at(n, o, row.at, column.at), w.at(o, within, kh, kw)),
        e.constant(0, ct.dtype),
      );
    });
  },
  macs: ([ct, w]) => convolutionMacs(w.shape, ct.shape),
  flops: () => 0,
};

export const conv2dInputGradOracle: Oracle<Conv2dInputGradAttrs> = {
  reference: ([ct, w], attrs, out) => {
    const dx = new Float64Array(out.shape.reduce((size, dim) => size * dim, 1));
    eachProduct(out.shape, w.shape, ct.shape, attrs, (xi, wi, yi) => {
      dx[xi] += ct.data[yi] * w.data[wi];
    });
    return dx;
  },
  samples: /* @__PURE__ */ convolutionSamples(({ x, w, y, attrs }) => ({
    inputs: [{ shape: y }, { shape: w, static: true }],
    attrs: { ...attrs, inputSize: x.slice(2) },
  })),
  torch: "conv2d_input_grad(a, b, attrs)",
};
