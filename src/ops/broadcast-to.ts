/** Repeats along axes of size 1 and new leading axes; `batched` makes the new axis 0 the batch axis. */
import { ConvkitError } from "../core/error.ts";
import { broadcastShapes, formatShape, type Shape, sameShape } from "../core/shape.ts";
import { formatType, readBroadcast, sumTo } from "./broadcast.ts";
import type { Op, Oracle } from "./op.ts";
import { eachBroadcast } from "./samples.ts";

export type BroadcastToAttrs = { readonly shape: Shape; readonly batched: boolean };

export const broadcastTo: Op<BroadcastToAttrs, 1> = {
  name: "broadcastTo",
  normalize: ({ shape, batched }, [x]) => ({
    shape: shape ?? x.shape,
    batched: batched ?? x.batched,
  }),
  infer: ([x], { shape, batched }) => {
    const lacks = shape.length - x.shape.length;
    const fits =
      lacks >= 0 &&
      sameShape(broadcastShapes("broadcastTo", x.shape, shape), shape) &&
      (!batched || shape.length > 0) &&
      // The batch axis can be made from a size of 1, never lost, moved or taken for another axis.
      (x.batched ? batched && lacks === 0 : !batched || lacks > 0 || x.shape[0] === 1);
    if (!fits) {
      const target = batched ? `the batch ${formatShape(shape)}` : formatShape(shape);
      throw new ConvkitError("broadcastTo", `${formatType(x)} cannot be repeated to ${target}`);
    }
    return { shape, dtype: x.dtype, batched };
  },
  vjp: (_g, ct, [x]) => [sumTo(ct, x)],
  lower: (e, [x], _attrs, index) => readBroadcast(e, x, index),
  flops: () => 0,
};

export const broadcastToOracle: Oracle<BroadcastToAttrs> = {
  reference: /* @__PURE__ */ eachBroadcast((x) => x),
  samples: [
    { name: "scalar", inputs: [{ shape: [] }], attrs: { shape: [2, 3], batched: false } },
    { name: "row", inputs: [{ shape: [3] }], attrs: { shape: [4, 3], batched: false } },
    { name: "inner", inputs: [{ shape: [2, 1, 3] }], attrs: { shape: [2, 5, 3], batched: false } },
    {
      name: "into a batch",
      inputs: [{ shape: [1, 3], static: true }],
      attrs: { shape: [5, 3], batched: true },
      batched: true,
    },
    {
      name: "batch",
      inputs: [{ shape: [5, 1, 3] }],
      attrs: { shape: [5, 2, 3], batched: true },
      batched: true,
    },
  ],
  torch: 'x.expand(attrs["shape"])',
};
