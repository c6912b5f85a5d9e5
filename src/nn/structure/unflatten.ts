/** One axis becomes several, in row-major order: what `flatten` does, undone. One size may be −1. */
import { ConvkitError } from "../../core/error.ts";
import { formatShape, normalizeAxis, sizeOf } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Module } from "../module.ts";

export class Unflatten extends Module {
  readonly axis: number;
  readonly sizes: readonly number[];

  constructor(axis: number, sizes: readonly number[]) {
    super();
    this.axis = axis;
    this.sizes = sizes;
  }

  override get kind(): string {
    return "unflatten";
  }

  forward(x: Tensor): Tensor {
    const { shape, rank } = x;
    const { sizes } = this;
    const at = normalizeAxis("unflatten", this.axis, rank);
    const open = sizes.filter((size) => size === -1).length;
    const known = sizeOf(sizes.filter((size) => size !== -1));
    const fits = open === 0 ? known === shape[at] : open === 1 && shape[at] % known === 0;
    if (!fits) {
      throw new ConvkitError(
        "unflatten",
        `axis ${at} of ${formatShape(shape)} has ${shape[at]} elements, which are not ` +
          `${formatShape(sizes)} — give sizes whose product is that, one of them −1 if you like`,
      );
    }
    return x.reshape(...shape.slice(0, at), ...sizes, ...shape.slice(at + 1));
  }
}

export const unflatten = (axis: number, sizes: readonly number[]): Unflatten =>
  new Unflatten(axis, sizes);

export const unflattenSpec: LayerSpec = {
  name: "unflatten",
  formula: "y = x with one axis as several",
  shapes: "N×(C·H·W) → N×C×H×W",
  source: "elementary",
  torch: "nn.Unflatten",
  // biome-ignore format: one case a line
  samples: [
    { name: "images", make: () => unflatten(1, [3, 5, 4]), inputs: [{ shape: [60] }], output: [3, 5, 4], torch: "nn.Unflatten(1, (3, 5, 4))" },
    { name: "the last axis, one size open", make: () => unflatten(-1, [2, -1]), inputs: [{ shape: [3, 10] }], output: [3, 2, 5], torch: "nn.Unflatten(-1, (2, -1))" },
  ],
};
