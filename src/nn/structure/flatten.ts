/** The axes from `start` to `end`, both included, become one; the batch axis stays. */
import { ConvkitError } from "../../core/error.ts";
import { formatShape, normalizeAxis, sizeOf } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Module } from "../module.ts";

export class Flatten extends Module {
  readonly start: number;
  readonly end: number;

  constructor(start: number, end: number) {
    super();
    this.start = start;
    this.end = end;
  }

  override get kind(): string {
    return "flatten";
  }

  forward(x: Tensor): Tensor {
    const { shape, rank } = x;
    const [first, last] = [this.start, this.end].map((axis) =>
      normalizeAxis("flatten", axis, rank),
    );
    if (first > last) {
      throw new ConvkitError(
        "flatten",
        `axes ${this.start} to ${this.end} of ${formatShape(shape)} — the first is after the last`,
      );
    }
    const size = sizeOf(shape.slice(first, last + 1));
    return x.reshape(...shape.slice(0, first), size, ...shape.slice(last + 1));
  }
}

export const flatten = (start = 1, end = -1): Flatten => new Flatten(start, end);

export const flattenSpec: LayerSpec = {
  name: "flatten",
  formula: "y = x with the axes from start to end as one",
  shapes: "N×C×H×W → N×(C·H·W)",
  source: "elementary",
  torch: "nn.Flatten",
  // biome-ignore format: one case a line
  samples: [
    { name: "images", make: () => flatten(), inputs: [{ shape: [3, 5, 4] }], output: [60], torch: "nn.Flatten()" },
    { name: "pixels", make: () => flatten(2), inputs: [{ shape: [3, 5, 4] }], output: [3, 20], torch: "nn.Flatten(2)" },
    { name: "first axes", make: () => flatten(1, 2), inputs: [{ shape: [3, 5, 4] }], output: [15, 4], torch: "nn.Flatten(1, 2)" },
  ],
};
