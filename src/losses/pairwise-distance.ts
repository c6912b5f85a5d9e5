/** d = ‖a − b + ε‖_p over the last axis: the distance of the losses on embeddings. */
import type { Tensor } from "../graph/tensor.ts";
import { power } from "./power.ts";
import { safeSqrt } from "./safe-sqrt.ts";

/** ε keeps the slope finite where a = b, as in PyTorch. */
export function pairwiseDistance(a: Tensor, b: Tensor, p: number, eps: number): Tensor {
  const difference = a.sub(b).add(eps);
  const last = difference.rank - 1;
  if (p === 2) return safeSqrt(difference.square().sum(last));
  const sum = power(difference.abs(), p).sum(last);
  return p === 1 ? sum : sum.pow(1 / p);
}
