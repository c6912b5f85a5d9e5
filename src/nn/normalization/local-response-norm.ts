/**
 * y_c = x_c/(k + α/n·Σ x²)^β, the sum over the n channels around c at the same position (Krizhevsky, Sutskever and
 * Hinton 2012, section 3.3). As in PyTorch α is divided by n; the paper's k = 2, n = 5, α = 1e-4, β = 3/4, which is
 * not, is `localResponseNorm(5, { alpha: 5e-4, k: 2 })`.
 */
import { ConvkitError } from "../../core/error.ts";
import { formatShape } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Module } from "../module.ts";
import { power } from "../power.ts";
import { neighbours } from "./neighbours.ts";

export interface LocalResponseNormOptions {
  /** 1e-4 by default. */
  readonly alpha?: number;
  /** 0.75 by default. */
  readonly beta?: number;
  /** 1 by default. */
  readonly k?: number;
}

export class LocalResponseNorm extends Module {
  readonly size: number;
  readonly options: LocalResponseNormOptions;

  constructor(size: number, options: LocalResponseNormOptions = {}) {
    super();
    if (!Number.isInteger(size) || size < 1) {
      throw new ConvkitError(
        "localResponseNorm",
        `${size} channels — a positive whole number is needed`,
      );
    }
    this.size = size;
    this.options = options;
  }

  override get kind(): string {
    return "localResponseNorm";
  }

  forward(x: Tensor): Tensor {
    const { size } = this;
    const { alpha = 1e-4, beta = 0.75, k = 1 } = this.options;
    if (x.rank < 3) {
      throw new ConvkitError(
        "localResponseNorm",
        `takes N×C×… with positions, got ${formatShape(x.shape)}`,
      );
    }
    return localResponse(x, size, alpha / size, k, beta);
  }
}

/** x/(k + share·Σ x²)^β over `size` channels. */
export function localResponse(
  x: Tensor,
  size: number,
  share: number | Tensor,
  k: number | Tensor,
  beta: number,
): Tensor {
  // Of an even number of channels the extra one comes before.
  const around = neighbours(x.square(), 1, size >> 1, (size - 1) >> 1);
  const sum = around.reduce((total, squares) => total.add(squares));
  return x.div(power(sum.mul(share).add(k), beta));
}

/** `localResponseNorm(5)`: over five neighbouring channels. */
export const localResponseNorm = (
  size: number,
  options: LocalResponseNormOptions = {},
): LocalResponseNorm => new LocalResponseNorm(size, options);

export const localResponseNormSpec: LayerSpec = {
  name: "localResponseNorm",
  formula: "y_c = x_c/(k + α/n·Σ x²)^β over the n channels around c",
  shapes: "N×C×… → the same",
  source: "Krizhevsky, Sutskever and Hinton 2012, NIPS 25, section 3.3",
  torch: "nn.LocalResponseNorm",
  // biome-ignore format: one case a line
  samples: [
    { name: "as AlexNet", make: () => localResponseNorm(5, { alpha: 0.5, k: 2 }), inputs: [{ shape: [7, 2, 3], low: -3, high: 3 }], output: [7, 2, 3], torch: "nn.LocalResponseNorm(5, alpha=0.5, k=2)" },
    { name: "even size, another power", make: () => localResponseNorm(4, { alpha: 1, beta: 0.6 }), inputs: [{ shape: [5, 2, 3] }], output: [5, 2, 3], torch: "nn.LocalResponseNorm(4, alpha=1.0, beta=0.6)" },
    { name: "sequences, more than all channels", make: () => localResponseNorm(7, { alpha: 2, beta: 0.5 }), inputs: [{ shape: [3, 4] }], output: [3, 4], torch: "nn.LocalResponseNorm(7, alpha=2.0, beta=0.5)" },
  ],
};
