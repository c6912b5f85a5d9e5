/**
 * y[n,o,i,j] = Σ x[n, c, i·s − p + kh·d, j·s − p + kw·d]·w[o,c,kh,kw] over c of o's group, kh and kw: the
 * cross-correlation that networks call convolution (LeCun et al. 1989). With `flip` the kernel is turned by
 * 180°, which makes it the convolution of mathematics.
 */
import { ConvkitError } from "../core/error.ts";
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
import { tapOf } from "./window.ts";

export type Conv2dAttrs = ConvolutionAttrs & { readonly flip: boolean };
export type Conv2dGiven = ConvolutionGiven & { readonly flip?: boolean };

export const conv2d: Op<Conv2dAttrs, 2, Conv2dGiven> = {
  name: "conv2d",
  normalize: (given, [, w]) => ({
    ...normalizeConvolution("conv2d", given, w.shape.slice(2)),
    flip: given.flip ?? false,
  }),
  infer: ([x, w], { flip: _, ...attrs }) => {
    checkImages("conv2d", [x], w);
    const named = `x ${formatType(x)}, w ${formatType(w)}`;
    const [vertical, horizontal] = convolutionAxes(
      "conv2d",
      { x: x.shape, w: w.shape },
      attrs,
      named,
    );
    const shape = [x.shape[0], w.shape[0], vertical.output, horizontal.output];
    if (shape[0] < 1) throw new ConvkitError("conv2d", `there is no image — ${named}`);
    return { shape, dtype: x.dtype, batched: x.batched };
  },
  vjp: (g, ct, [x, w], { flip, ...attrs }) => {
    const turned = flip ? g.flip(w, { axes: [2, 3] }) : w;
    const dw = g.conv2dWeightGrad(x, ct, { ...attrs, kernelSize: [w.shape[2], w.shape[3]] });
    return [
      g.conv2dInputGrad(ct, turned, { ...attrs, inputSize: [x.shape[2], x.shape[3]] }),
      flip ? g.flip(dw, { axes: [2, 3] }) : dw,
    ];
  },
  lower: (e, [x, w], { flip, ...attrs }, [n, o, oh, ow]) => {
    const [filters, perGroup, kernelHeight, kernelWidth] = w.shape;
    const [vertical, horizontal] = convolutionAxes("conv2d", { x: x.shape, w: w.shape }, attrs);
    const first = e.imul(e.idiv(o, filters / attrs.groups), perGroup);
    return e.reduce("sum", [perGroup, kernelHeight, kernelWidth], ([c, kh, kw]) => {
      const row = tapOf(e, vertical, oh, kh);
      const column = tapOf(e, horizontal, ow, kw);
      const turn = (k: typeof kh, size: number) => (flip ? e.iadd(e.imul(k, -1), size - 1) : k);
      const weight = w.at(o, c, turn(kh, kernelHeight), turn(kw, kernelWidth));
      return e.guard(
        [row.guard, column.guard],
        () => e.binary("mul", x.at(n, e.iadd(first, c), row.at, column.at), weight),
        e.constant(0, x.dtype),
      );
    });
  },
  macs: ([, w], _attrs, out) => convolutionMacs(w.shape, out.shape),
  flops: () => 0,
};

export const conv2dOracle: Oracle<Conv2dAttrs> = {
  reference: ([x, w], { flip, ...attrs }, out) => {
    const y = new Float64Array(out.shape.reduce((size, dim) => size * dim, 1));
    const kernelSize = w.shape[2] * w.shape[3];
    // Turning a kernel by 180° reads its elements from the last to the first.
    const turned = (at: number) => at - (at % kernelSize) + kernelSize - 1 - (at % kernelSize);
    eachProduct(x.shape, w.shape, out.shape, attrs, (xi, wi, yi) => {
      y[yi] += x.data[xi] * w.data[flip ? turned(wi) : wi];
    });
    return y;
  },
  samples: /* @__PURE__ */ convolutionSamples(
    ({ x, w, attrs }) => ({ inputs: [{ shape: x }, { shape: w, static: true }], attrs }),
    [
      {
        name: "true convolution",
        inputs: [{ shape: [2, 2, 5, 6] }, { shape: [3, 2, 3, 2] }],
        attrs: { flip: true, padding: [1, 0, 1, 1] },
      },
      {
        name: "batch, true convolution",
        inputs: [{ shape: [5, 1, 6, 6] }, { shape: [6, 1, 5, 5], static: true }],
        attrs: { flip: true },
        batched: true,
      },
    ],
  ),
  torch: "conv2d(x, w, attrs)",
};
