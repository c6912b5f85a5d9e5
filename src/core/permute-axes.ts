/** Values in memory with their axes in another order, as `permute` has it of tensors. */
import { type Shape, stridesOf } from "./shape.ts";

/** Fills `to`, row-major; its axis i is axis `axes[i]` of `data`. */
export function permuteAxes<T extends { [i: number]: number }>(
  data: ArrayLike<number>,
  shape: Shape,
  axes: readonly number[],
  to: T,
): { shape: number[]; data: T } {
  const from = stridesOf(shape);
  const strides = axes.map((axis) => from[axis]);
  const sizes = axes.map((axis) => shape[axis]);
  const index = sizes.map(() => 0);
  let at = 0;
  for (let i = 0; i < data.length; i++) {
    to[i] = data[at];
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      at += strides[axis];
      if (++index[axis] < sizes[axis]) break;
      at -= strides[axis] * sizes[axis];
      index[axis] = 0;
    }
  }
  return { shape: sizes, data: to };
}
