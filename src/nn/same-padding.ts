/**
 * TensorFlow's SAME padding: as many zeros as it takes for ⌈H/s⌉ positions, the odd one at the end.
 *
 *   p₀ + p₁ = max(0, (⌈H/s⌉ − 1)·s + d·(k − 1) + 1 − H),   p₀ = ⌊(p₀ + p₁)/2⌋
 */
import type { Tensor } from "../graph/tensor.ts";
import { type Pair, pair } from "./pair.ts";

export interface SameWindow {
  readonly kernel: Pair;
  readonly stride?: Pair;
  readonly dilation?: Pair;
}

/** [top, bottom, left, right] for images N×C×H×W. */
export function samePadding(x: Tensor, { kernel, stride = 1, dilation = 1 }: SameWindow): number[] {
  return [0, 1].flatMap((axis) => {
    const [size, s] = [x.shape[2 + axis], pair(stride)[axis]];
    const reach = pair(dilation)[axis] * (pair(kernel)[axis] - 1) + 1;
    const all = Math.max(0, (Math.ceil(size / s) - 1) * s + reach - size);
    return [Math.floor(all / 2), Math.ceil(all / 2)];
  });
}
