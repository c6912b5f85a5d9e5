/** Rows and columns of images in a program: their numbers, and whole numbers drawn for each image. */
import type { Tensor } from "../../graph/tensor.ts";
import { floor } from "../../ops/floor.ts";
import { iota } from "../../ops/iota.ts";

/** 0, 1, 2, … as f32 along the rows (axis 2) or columns (axis 3) of images, of size 1 along the others. */
export function places({ builder, shape }: Tensor, axis: 2 | 3): Tensor {
  const own = shape.map((dim, i) => (i === axis ? dim : 1));
  return builder.apply(iota, [], { shape: own, axis, batched: false }).to("f32");
}

/** 0 … count − 1 out of numbers in [0, 1); `count` may differ from image to image. Rounding may lift the greatest to `count`. */
export function wholeNumber(uniform: Tensor, count: Tensor | number): Tensor {
  const most = typeof count === "number" ? count - 1 : count.sub(1);
  return floorOf(uniform.mul(count)).minimum(most);
}

const floorOf = (x: Tensor): Tensor => x.builder.apply(floor, [x]);
