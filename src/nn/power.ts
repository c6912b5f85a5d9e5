/**
 * xᵖ for a p that is known while tracing: by products and square roots where p is a multiple of a quarter up to 4,
 * else by the general power, which costs an exponential and a logarithm.
 */
import type { Tensor } from "../graph/tensor.ts";

export function power(x: Tensor, p: number): Tensor {
  const quarters = 4 * p;
  if (!Number.isInteger(quarters) || quarters < 1 || quarters > 16) return x.pow(p);
  // p = whole + half/2 + quarter/4
  const factors: Tensor[] = new Array(quarters >> 2).fill(x);
  if (quarters & 2) factors.push(x.sqrt());
  if (quarters & 1) factors.push(x.sqrt().sqrt());
  return factors.reduce((product, factor) => product.mul(factor));
}
