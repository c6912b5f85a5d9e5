/** The same elements, in row-major order, under another shape; one size may be −1. A batched tensor keeps axis 0. */
import { ConvkitError } from "../core/error.ts";
import { formatShape, type Shape, sizeOf } from "../core/shape.ts";
import type { Index, Lowering } from "../graph/lower.ts";
import { formatType } from "./broadcast.ts";
import type { Op, Oracle } from "./op.ts";

export type ReshapeAttrs = { readonly shape: Shape };

export const reshape: Op<ReshapeAttrs, 1> = {
  name: "reshape",
  normalize: ({ shape = [-1] }, [x]) => {
    const known = sizeOf(shape.filter((dim) => dim !== -1));
    const size = sizeOf(x.shape);
    const open = shape.filter((dim) => dim === -1).length;
    const full = shape.map((dim) => (dim === -1 ? size / known : dim));
    if (
      open > 1 ||
      sizeOf(full) !== size ||
      !full.every((dim) => Number.isInteger(dim) && dim >= 0)
    ) {
      throw new ConvkitError(
        "reshape",
        `${formatType(x)} has ${size} elements and does not fit ${formatShape(shape)}`,
      );
    }
    return { shape: full };
  },
  infer: ([x], { shape }) => {
    if (x.batched && shape[0] !== x.shape[0]) {
      throw new ConvkitError(
        "reshape",
        `${formatType(x)} to ${formatShape(shape)} moves the batch axis (*) — keep axis 0 as it is`,
      );
    }
    return { shape, dtype: x.dtype, batched: x.batched };
  },
  vjp: (_g, ct, [x]) => [ct.reshape(...x.shape)],
  lower: (e, [x], { shape }, index) => x.at(...reindex(e, index, shape, x.shape, x.batched)),
  flops: () => 0,
};

/**
 * Index into shape `to` of what stands at `index` of shape `from`. Both shapes are cut into the shortest runs of
 * axes of equal product, and only within a run is there anything to compute: inserting an axis costs nothing.
 */
function reindex(
  e: Lowering,
  index: readonly Index[],
  from: Shape,
  to: Shape,
  batched: boolean,
): Index[] {
  const result: Index[] = batched ? [index[0]] : [];
  let i = result.length;
  let j = result.length;
  while (j < to.length) {
    const [startI, startJ] = [i, j];
    // Leading ones of the target stand for nothing.
    if (to[j] === 1) {
      result.push(e.i(0));
      j++;
      continue;
    }
    let a = from[i++];
    let b = to[j++];
    while (a !== b) {
      if (a < b) a *= from[i++];
      else b *= to[j++];
    }
    let flat = e.i(0);
    for (let k = startI; k < i; k++) flat = e.iadd(e.imul(flat, from[k]), index[k]);
    let inner = b;
    for (let k = startJ; k < j; k++) {
      inner /= to[k];
      const part = e.idiv(flat, inner);
      result.push(k === startJ ? part : e.imod(part, to[k]));
    }
  }
  return result;
}

export const reshapeOracle: Oracle<ReshapeAttrs> = {
  reference: ([x]) => x.data.slice(),
  samples: [
    { name: "flatten", inputs: [{ shape: [2, 3, 4] }], attrs: { shape: [2, -1] } },
    { name: "split", inputs: [{ shape: [2, 12] }], attrs: { shape: [2, 3, 4] } },
    { name: "regroup", inputs: [{ shape: [4, 6] }], attrs: { shape: [3, 8] } },
    { name: "scalar", inputs: [{ shape: [1, 1] }], attrs: { shape: [] } },
    { name: "new axes", inputs: [{ shape: [3, 5] }], attrs: { shape: [1, 3, 1, 5, 1] } },
    { name: "lost axes", inputs: [{ shape: [1, 3, 1, 5] }], attrs: { shape: [3, 5] } },
    { name: "batch", inputs: [{ shape: [5, 2, 3] }], attrs: { shape: [5, 6] }, batched: true },
    {
      name: "batch regroup",
      inputs: [{ shape: [5, 4, 3] }],
      attrs: { shape: [5, 2, 6] },
      batched: true,
    },
  ],
  torch: 'x.reshape(attrs["shape"])',
};
