/** A rectangle of each image filled with one number. */
import type { Tensor } from "../../graph/tensor.ts";
import { places } from "./places.ts";

/** Rows top ≤ y < bottom and columns left ≤ x < right, N×1×1×1 as f32; empty where nothing is erased. */
export type Erased = {
  readonly top: Tensor;
  readonly bottom: Tensor;
  readonly left: Tensor;
  readonly right: Tensor;
};

export function erase(images: Tensor, { top, bottom, left, right }: Erased, value: number): Tensor {
  const { builder } = images;
  const [rows, columns] = [places(images, 2), places(images, 3)];
  const and = (a: Tensor, b: Tensor) => builder.apply("and", [a, b]);
  const inside = and(and(rows.ge(top), rows.lt(bottom)), and(columns.ge(left), columns.lt(right)));
  return inside.where(builder.constant(value), images);
}
