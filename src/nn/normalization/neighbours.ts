/** A tensor's neighbours along an axis, as whole tensors. */
import type { Tensor } from "../../graph/tensor.ts";

/** For each place from `before` in front of an element to `after` behind it what stands there, 0 beyond the ends. */
export function neighbours(x: Tensor, axis: number, before: number, after: number): Tensor[] {
  const only = (n: number) => x.shape.map((_, i) => (i === axis ? n : 0));
  const padded = x.builder.apply("pad", [x], { before: only(before), after: only(after) });
  const size = x.shape[axis];
  return Array.from({ length: before + 1 + after }, (_, i) => padded.slice(axis, i, i + size));
}
