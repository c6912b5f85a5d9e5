/**
 * Subsampling by skipping: one row is kept, `skip` rows are left out, and so on, and likewise columns. Skipping s means
 * a step of s + 1; a convolution of half width h without padding then has 1 + ⌊(m − 2h − 1)/(s + 1)⌋ positions.
 */
import { ConvkitError } from "../../core/error.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { checkImages } from "../images.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Module } from "../module.ts";
import { type Pair, pair } from "../pair.ts";

export class Subsample extends Module {
  readonly skip: readonly [number, number];

  constructor(skip: Pair) {
    super();
    this.skip = pair(skip);
    if (!this.skip.every((s) => Number.isInteger(s) && s >= 0)) {
      throw new ConvkitError(
        "subsample",
        `skip is ${JSON.stringify(skip)}, expected a whole number from 0 on, or [rows, columns]`,
      );
    }
  }

  override get kind(): string {
    return "subsample";
  }

  forward(x: Tensor): Tensor {
    checkImages("subsample", x);
    const [rows, columns] = this.skip;
    return x.slice(2, 0, undefined, rows + 1).slice(3, 0, undefined, columns + 1);
  }
}

/** `subsample(1)` keeps every second row and column, beginning with the first. */
export const subsample = (skip: Pair): Subsample => new Subsample(skip);

export const subsampleSpec: LayerSpec = {
  name: "subsample",
  formula: "y[i, j] = x[i·(s₁ + 1), j·(s₂ + 1)]",
  shapes: "N×C×H×W → N×C×H′×W′, H′ = 1 + ⌊(H − 1)/(s₁ + 1)⌋",
  source: "LeCun et al. 1989, Neural Computation 1(4)",
  torch: "x[:, :, ::s + 1, ::s + 1]",
  // biome-ignore format: one case a line
  samples: [
    { name: "2 rows, 1 column", make: () => subsample([2, 1]), inputs: [{ shape: [2, 7, 6] }], output: [2, 3, 3], torch: "lambda x: x[:, :, ::3, ::2]" },
  ],
};
