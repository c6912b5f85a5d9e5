/** What all kinds of dropout share: a number drawn for each group of elements says whether the group is dropped. */

import { ConvkitError } from "../../core/error.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { randomUniform } from "../../ops/random-uniform.ts";
import type { Mode } from "../module.ts";
import { randomKey } from "../random-key.ts";

export function checkProbability(where: string, p: number): void {
  if (!(p >= 0 && p < 1)) throw new ConvkitError(where, `p is ${p}, expected 0 ≤ p < 1`);
}

/**
 * True with probability 1 − p, drawn for each index of the first `axes` axes of x; the other axes have size 1, so that
 * it meets x by broadcasting.
 */
export function drawKept(where: string, x: Tensor, mode: Mode, p: number, axes: number): Tensor {
  const { key, salt } = randomKey(where, x.builder, mode);
  const shape = x.shape.map((dim, i) => (i < axes ? dim : 1));
  const batched = x.batched && axes > 0;
  return x.builder.apply(randomUniform, [key], { shape, salt, batched }).ge(p);
}
