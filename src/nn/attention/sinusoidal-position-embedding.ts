/**
 * y = x + P with waves of D/2 frequencies, from 1 down to about 1/10000 a place:
 *
 *     P[t, 2i] = sin(t/10000^(2i/D))     P[t, 2i + 1] = cos(t/10000^(2i/D))
 *
 * (Vaswani et al. 2017, arXiv:1706.03762, section 3.5.) Nothing is learned or saved.
 */
import { ConvkitError } from "../../core/error.ts";
import { formatShape } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Module } from "../module.ts";

/** P for T places of D channels, row-major. */
export function sinusoidalPositions(t: number, d: number): Float64Array {
  return Float64Array.from({ length: t * d }, (_, at) => {
    const channel = at % d;
    const even = channel - (channel % 2);
    const angle = Math.floor(at / d) / 10000 ** (even / d);
    return channel === even ? Math.sin(angle) : Math.cos(angle);
  });
}

export class SinusoidalPositionEmbedding extends Module {
  override get kind(): string {
    return "sinusoidalPositionEmbedding";
  }

  forward(x: Tensor): Tensor {
    if (x.rank !== 3 || x.shape[2] % 2 !== 0) {
      throw new ConvkitError(
        "sinusoidalPositionEmbedding",
        `takes tokens N×T×D of an even number of channels, got ${formatShape(x.shape)}`,
      );
    }
    const [t, d] = x.shape.slice(1);
    const table = () => sinusoidalPositions(t, d);
    return x.add(this.buffer("positions", [t, d], table, { persistent: false }));
  }
}

/** N×T×D → the same, D even. */
export const sinusoidalPositionEmbedding = (): SinusoidalPositionEmbedding =>
  new SinusoidalPositionEmbedding();

export const sinusoidalPositionEmbeddingSpec: LayerSpec = {
  name: "sinusoidalPositionEmbedding",
  formula:
    "y[t, 2i] = x[t, 2i] + sin(t/10000^(2i/D)), y[t, 2i + 1] = x[t, 2i + 1] + cos(t/10000^(2i/D))",
  shapes: "N×T×D → the same",
  source: "Vaswani et al. 2017, arXiv:1706.03762, section 3.5",
  torch: null,
  samples: [
    {
      name: "tokens",
      make: () => sinusoidalPositionEmbedding(),
      inputs: [{ shape: [7, 6] }],
      output: [7, 6],
      torch: "lambda x: x + sinusoids(7, 6)",
    },
  ],
};
