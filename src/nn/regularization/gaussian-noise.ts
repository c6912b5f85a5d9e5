/** In training y = x + ε with ε from N(0, std²), a small augmentation anywhere; in evaluation y = x (Bishop 1995). */
import { ConvkitError } from "../../core/error.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { randomNormal } from "../../ops/random-normal.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { type Mode, Module } from "../module.ts";
import { randomKey } from "../random-key.ts";

export class GaussianNoise extends Module {
  readonly std: number;

  constructor(std: number) {
    super();
    if (!(std >= 0)) throw new ConvkitError("gaussianNoise", `std is ${std}, expected ≥ 0`);
    this.std = std;
  }

  override get kind(): string {
    return "gaussianNoise";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const { std } = this;
    if (!mode.training || std === 0) return x;
    const { builder, shape, batched } = x;
    const { key, salt } = randomKey("gaussianNoise", builder, mode);
    return x.add(builder.apply(randomNormal, [key], { shape, salt, batched, std }));
  }
}

export const gaussianNoise = (std: number): GaussianNoise => new GaussianNoise(std);

export const gaussianNoiseSpec: LayerSpec = {
  name: "gaussianNoise",
  formula: "y = x + ε, ε from N(0, std²); in evaluation y = x",
  shapes: "any → the same",
  source: "Bishop 1995, Neural Computation 7; Keras",
  torch: null,
  samples: [
    {
      name: "std 0.3",
      make: () => gaussianNoise(0.3),
      inputs: [{ shape: [3, 2, 5] }],
      output: [3, 2, 5],
      torch: "nn.Identity()",
    },
  ],
};
