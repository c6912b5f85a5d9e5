/** Channels as attention heads and back: head h of E channels has the channels h·E … (h + 1)·E − 1. */
import { ConvkitError } from "../../core/error.ts";
import type { Tensor } from "../../graph/tensor.ts";

/** N×…×T×D → N×…×heads×T×(D/heads). */
export function splitHeads(x: Tensor, heads: number): Tensor {
  const [t, d] = x.shape.slice(-2);
  return swapBeforeLast(x.reshape(...x.shape.slice(0, -2), t, heads, d / heads));
}

/** N×…×heads×T×E → N×…×T×(heads·E). */
export function joinHeads(x: Tensor): Tensor {
  const [heads, t, e] = x.shape.slice(-3);
  return swapBeforeLast(x).reshape(...x.shape.slice(0, -3), t, heads * e);
}

function swapBeforeLast(x: Tensor): Tensor {
  const [outer, [a, b, last]] = [x.shape.slice(0, -3), [x.rank - 3, x.rank - 2, x.rank - 1]];
  return x.transpose(...outer.keys(), b, a, last);
}

/** The three parts of N×…×T×3D, each as heads. */
export function splitQkv(qkv: Tensor, heads: number): readonly [Tensor, Tensor, Tensor] {
  const d = qkv.shape[qkv.rank - 1] / 3;
  const part = (i: number) => splitHeads(qkv.slice(-1, i * d, (i + 1) * d), heads);
  return [part(0), part(1), part(2)];
}

export function checkHeads(where: string, channels: number, heads: number): void {
  const isCount = (n: number) => Number.isInteger(n) && n > 0;
  if (isCount(channels) && isCount(heads) && channels % heads === 0) return;
  throw new ConvkitError(
    where,
    `${channels} channels in ${heads} heads — both are positive and heads divide channels`,
  );
}
