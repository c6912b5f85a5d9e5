/**
 * yᵢ = Σ_{j ≤ i} xⱼ along an axis, the last one if left out; with `reverse` over j ≥ i. Sums over 1, 2, 4, … elements
 * before it are added in turn (Hillis and Steele 1986), so rounding errors grow with the logarithm of the length.
 */
import { ConvkitError } from "../core/error.ts";
import { normalizeAxis, sizeOf } from "../core/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import { eachLine } from "./axis.ts";
import { formatType } from "./broadcast.ts";
import type { Op, Oracle } from "./op.ts";
import { checkDomain } from "./pointwise.ts";

export type CumsumAttrs = { readonly axis: number; readonly reverse: boolean };

export const cumsum: Op<CumsumAttrs, 1> = {
  name: "cumsum",
  normalize: ({ axis = -1, reverse = false }, [x]) => ({
    axis: normalizeAxis("cumsum", axis, x.shape.length),
    reverse,
  }),
  infer: ([x], { axis }) => {
    checkDomain("cumsum", "number", [x]);
    if (x.batched && axis === 0) {
      throw new ConvkitError(
        "cumsum",
        `${formatType(x)}: the batch axis (*) has no order to sum in — choose another axis`,
      );
    }
    return { shape: x.shape, dtype: x.dtype, batched: x.batched };
  },
  compose: (g, [x], { axis, reverse }) => {
    const size = x.shape[axis];
    const at = (n: number) => x.shape.map((_, i) => (i === axis ? n : 0));
    let y: Tensor = x;
    for (let by = 1; by < size; by *= 2) {
      const shifted = reverse
        ? g.pad(y.slice(axis, by), { after: at(by) })
        : g.pad(y.slice(axis, 0, size - by), { before: at(by) });
      y = y.add(shifted);
    }
    return y;
  },
  vjp: (_g, ct, _x, { axis, reverse }) => [
    ct.builder.apply(cumsum, [ct], { axis, reverse: !reverse }),
  ],
  flops: ([x], { axis }) => sizeOf(x.shape) * Math.ceil(Math.log2(x.shape[axis])),
};

export const cumsumOracle: Oracle<CumsumAttrs> = {
  reference: (inputs, { axis, reverse }) =>
    eachLine((values) => {
      const from = (i: number) => (reverse ? values.slice(i) : values.slice(0, i + 1));
      return values.map((_, i) => from(i).reduce((sum, v) => sum + v, 0));
    })(inputs, { axis }),
  // biome-ignore format: one case a line
  samples: [
    { name: "vector", inputs: [{ shape: [17] }] },
    { name: "one element", inputs: [{ shape: [3, 1] }] },
    { name: "rows, reversed", inputs: [{ shape: [3, 8] }], attrs: { reverse: true } },
    { name: "inner axis", inputs: [{ shape: [2, 5, 3] }], attrs: { axis: 1 } },
    { name: "integers", inputs: [{ shape: [2, 6], dtype: "i32", low: -9, high: 9 }], attrs: { axis: 0 } },
    { name: "batch", inputs: [{ shape: [5, 7] }], batched: true },
    { name: "batch of maps, reversed", inputs: [{ shape: [17, 6, 2] }], attrs: { axis: 1, reverse: true }, batched: true },
  ],
  torch:
    'torch.flip(torch.cumsum(torch.flip(x, [attrs["axis"]]), attrs["axis"]), [attrs["axis"]]) if attrs["reverse"] else torch.cumsum(x, attrs["axis"])',
};
