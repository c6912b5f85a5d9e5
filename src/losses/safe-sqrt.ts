/** √x with slope 0 at 0, PyTorch's choice for a norm, where the square root alone has an infinite one. */
import type { Tensor } from "../graph/tensor.ts";

export function safeSqrt(x: Tensor): Tensor {
  const isPositive = x.gt(0);
  return isPositive.where(isPositive.where(x, 1).sqrt(), 0);
}
