/**
 * y = x + P for a grid of patches, P of sines and cosines: the first half of the channels tells the column, the second
 * the row. With i = 0 … D/4 − 1 and place p,
 *
 *     sin(p/10000^(4i/D)), then cos(p/10000^(4i/D))
 *
 * (Chen, Xie and He 2021, arXiv:2104.02057; the order of the channels is that of He et al. 2021, MAE,
 * arXiv:2111.06377). Tokens before the grid, such as a class token, get zeros. Nothing is learned or saved.
 */
import { ConvkitError } from "../../core/error.ts";
import { formatShape } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Module } from "../module.ts";
import { type Pair, pair } from "../pair.ts";

/** P for rows·columns places of D channels, row-major. */
export function sincosPositions(rows: number, columns: number, d: number): Float64Array {
  const quarter = d / 4;
  return Float64Array.from({ length: rows * columns * d }, (_, at) => {
    const channel = at % d;
    const place = Math.floor(at / d);
    const along = channel < d / 2 ? place % columns : Math.floor(place / columns);
    const angle = along / 10000 ** ((channel % quarter) / quarter);
    return channel % (d / 2) < quarter ? Math.sin(angle) : Math.cos(angle);
  });
}

export class SincosPositionEmbedding extends Module {
  readonly grid: readonly [number, number];

  constructor(grid: Pair) {
    super();
    this.grid = pair(grid);
  }

  override get kind(): string {
    return "sincosPositionEmbedding";
  }

  forward(x: Tensor): Tensor {
    const [rows, columns] = this.grid;
    const before = x.shape[1] - rows * columns;
    if (x.rank !== 3 || x.shape[2] % 4 !== 0 || before < 0) {
      throw new ConvkitError(
        "sincosPositionEmbedding",
        `takes tokens N×T×D with D a multiple of 4 and at least ${rows}·${columns} of them, ` +
          `got ${formatShape(x.shape)}`,
      );
    }
    const [t, d] = x.shape.slice(1);
    const table = () => {
      const values = new Float64Array(t * d);
      values.set(sincosPositions(rows, columns, d), before * d);
      return values;
    };
    return x.add(this.buffer("positions", [t, d], table, { persistent: false }));
  }
}

/** N×T×D → the same, the last tokens being `grid`'s rows × columns in row-major order. */
export const sincosPositionEmbedding = (grid: Pair): SincosPositionEmbedding =>
  new SincosPositionEmbedding(grid);

export const sincosPositionEmbeddingSpec: LayerSpec = {
  name: "sincosPositionEmbedding",
  formula:
    "y = x + [sin(u·ωᵢ), cos(u·ωᵢ), sin(v·ωᵢ), cos(v·ωᵢ)], u column, v row, ωᵢ = 10000^(−4i/D)",
  shapes: "N×T×D → the same",
  source: "Chen, Xie and He 2021, arXiv:2104.02057; He et al. 2021, arXiv:2111.06377",
  torch: "pos_embed of MAE",
  // biome-ignore format: one case a line
  samples: [
    { name: "grid", make: () => sincosPositionEmbedding([2, 3]), inputs: [{ shape: [6, 8] }], output: [6, 8], torch: "lambda x: x + sincos_grid(2, 3, 8)" },
    { name: "class token", make: () => sincosPositionEmbedding(2), inputs: [{ shape: [5, 4] }], output: [5, 4], torch: "lambda x: torch.cat([x[:, :1], x[:, 1:] + sincos_grid(2, 2, 4)], 1)" },
  ],
};
