/**
 * y_j = Σ_i (x_i − w_ji)²: Euclidean radial basis functions, the output units of LeNet-5 (LeCun, Bottou, Bengio and
 * Haffner 1998, Proc. IEEE 86(11), equation 7). An output is the squared distance from a centre: the smallest one
 * names the class. Train with the mean of y at the right class, or with cross-entropy of −y.
 */
import { ConvkitError } from "../../core/error.ts";
import { formatShape } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { Init } from "../init/initializer.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Module } from "../module.ts";
import { digitBitmaps } from "./digit-bitmaps.ts";

export interface RbfOptions {
  /** A row for each output, such as `digitBitmaps`; −1 and +1 at random when left out, as the paper proposes. */
  readonly centers?: readonly (readonly number[])[];
  /** False by default: the centres are kept as they are, and saved as the buffer `weight`. */
  readonly trainable?: boolean;
}

export class Rbf extends Module {
  readonly out: number;
  readonly options: RbfOptions;

  constructor(out: number, options: RbfOptions = {}) {
    super();
    const { centers } = options;
    const sizes = new Set(centers?.map((row) => row.length));
    if (
      !Number.isInteger(out) ||
      out < 1 ||
      (centers && centers.length !== out) ||
      sizes.size > 1
    ) {
      const given = centers
        ? `${centers.length} centres of ${[...sizes].join(" and ")} values`
        : "";
      throw new ConvkitError(
        "rbf",
        `${out} outputs${given && `, ${given}`} — a centre for each output, all of one size`,
      );
    }
    this.out = out;
    this.options = options;
  }

  override get kind(): string {
    return "rbf";
  }

  forward(x: Tensor): Tensor {
    const { out } = this;
    const { centers, trainable = false } = this.options;
    const [n, size] = x.shape;
    if (x.rank !== 2 || (centers && centers[0].length !== size)) {
      throw new ConvkitError(
        "rbf",
        `takes rows N×${centers ? centers[0].length : "K"}, got ${formatShape(x.shape)}`,
      );
    }
    const init: Init = centers ? () => centers.flat() : signs;
    const w = trainable
      ? this.param("weight", [out, size], init)
      : this.buffer("weight", [out, size], init);
    return x.reshape(n, 1, size).sub(w).square().sum(2);
  }
}

const signs: Init = (shape, random) =>
  Array.from({ length: shape[0] * shape[1] }, () => (random.int(2) === 0 ? -1 : 1));

/** `rbf(10, { centers: digitBitmaps })`: N×84 → N×10, the last layer of LeNet-5. */
export const rbf = (out: number, options: RbfOptions = {}): Rbf => new Rbf(out, options);

export const rbfSpec: LayerSpec = {
  name: "rbf",
  formula: "y_j = Σ_i (x_i − w_ji)²",
  shapes: "N×K → N×O",
  source: "LeCun, Bottou, Bengio and Haffner 1998, Proc. IEEE 86(11), equation 7",
  torch: null,
  // biome-ignore format: one case a line
  samples: [
    { name: "trained centres", make: () => rbf(3, { trainable: true }), inputs: [{ shape: [5] }], output: [3], states: { weight: [3, 5] }, torch: "lambda x, p: rbf(x, p['weight'])" },
    { name: "fixed digits", make: () => rbf(10, { centers: digitBitmaps }), inputs: [{ shape: [84] }], output: [10], states: { weight: [10, 84] }, torch: "lambda x, p: rbf(x, p['weight'])" },
  ],
};
