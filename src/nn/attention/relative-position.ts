/**
 * Where the positions of a window lie to each other: what the learned bias of Swin's attention is looked up by
 * (Liu et al. 2021, arXiv:2103.14030, section 3.2, equation 4). Positions are counted in row-major order.
 */

import type { Tensor } from "../../graph/tensor.ts";
import { gather } from "../../ops/gather.ts";

/**
 * For query i and key j of an h×w window, at i·h·w + j, the row of a table with a row for each of the (2h − 1)·(2w − 1)
 * differences: (yᵢ − yⱼ + h − 1)·(2w − 1) + (xᵢ − xⱼ + w − 1).
 */
export function relativePositionIndex(h: number, w: number): Int32Array {
  const area = h * w;
  return Int32Array.from({ length: area * area }, (_, at) => {
    const [i, j] = [Math.floor(at / area), at % area];
    const down = Math.floor(i / w) - Math.floor(j / w) + h - 1;
    const right = (i % w) - (j % w) + w - 1;
    return down * (2 * w - 1) + right;
  });
}

/** The bias of each head, heads×P×P, from a table (differences)×heads and an index of P·P rows. */
export function relativePositionBias(table: Tensor, index: Tensor): Tensor {
  const { builder } = table;
  const heads = table.shape[1];
  const positions = Math.sqrt(index.size);
  const places = builder.apply("broadcastTo", [index.reshape(index.size, 1)], {
    shape: [index.size, heads],
  });
  return builder
    .apply(gather, [table, places], { axis: 0 })
    .reshape(positions, positions, heads)
    .transpose(2, 0, 1);
}
