/**
 * xᵖ for a p known now: the powers that losses use most need no logarithm, and no gradient of one. Others stay powers: x
 * may be 0, where the products of roots of nn/power.ts have no gradient.
 */
import type { Tensor } from "../graph/tensor.ts";

export function power(x: Tensor, p: number): Tensor {
  if (p === 1) return x;
  return p === 2 ? x.square() : x.pow(p);
}
