/**
 * NumPy's broadcasting with a batch axis: what pointwise ops share. Shapes align at the last axis; the batch
 * axis must be axis 0 of the result, since nothing else tells which images exist.
 */
import type { DType } from "../core/dtype.ts";
import { ConvkitError } from "../core/error.ts";
import { broadcastShapes, formatShape, sameShape } from "../core/shape.ts";
import type { Access, Element, Index, Lowering } from "../graph/lower.ts";
import type { TensorType } from "../graph/node.ts";
import type { Tensor } from "../graph/tensor.ts";

/** `64*×3×32×32`: the star marks the batch axis. */
export const formatType = (type: TensorType): string =>
  type.batched ? formatShape(type.shape).replace(/^\d+/, "$&*") : formatShape(type.shape);

export function broadcastType(
  where: string,
  inputs: readonly TensorType[],
  dtype: DType,
): TensorType {
  const shape = broadcastShapes(where, ...inputs.map((x) => x.shape));
  const batched = inputs.some((x) => x.batched);
  if (batched) {
    for (const x of inputs) {
      const aligned = x.shape.length === shape.length;
      if (x.batched ? aligned : !aligned || x.shape[0] === 1) continue;
      throw new ConvkitError(
        where,
        `${inputs.map(formatType).join(", ")}: the batch axis (*) must stay axis 0 of the result ` +
          "and meet a size of 1 or another batch axis — reshape the other tensor",
      );
    }
  }
  return { shape, dtype, batched };
}

/** The element of `x` that stands at `index` of the broadcast result. */
export function readBroadcast(e: Lowering, x: Access, index: readonly Index[]): Element {
  const shift = index.length - x.shape.length;
  return x.at(
    ...x.shape.map((dim, i) =>
      // A batch axis of capacity 1 still has its own index.
      dim === 1 && !(x.batched && i === 0) ? e.i(0) : index[shift + i],
    ),
  );
}

/** The adjoint of broadcasting: sums `ct` over the axes along which `x` was repeated. */
export function sumTo(ct: Tensor, x: Tensor): Tensor {
  const shift = ct.rank - x.rank;
  const axes = ct.shape.flatMap((dim, i) => {
    const repeated =
      i < shift || x.shape[i - shift] !== dim || (i === 0 && ct.batched && !x.batched);
    return repeated ? [i] : [];
  });
  const summed = axes.length > 0 ? ct.sum(axes) : ct;
  return sameShape(summed.shape, x.shape) ? summed : summed.reshape(...x.shape);
}
