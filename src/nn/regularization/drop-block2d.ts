/**
 * In training squares of blockSize × blockSize pixels are 0 in each channel, about a share p of all, and what is kept is
 * scaled up by (all elements)/(kept elements); in evaluation y = x (Ghiasi, Lin and Le 2018). With single pixels dropped
 * their neighbours would tell what is missing. A square begins at a place with probability
 *
 *     γ = p/blockSize² · H·W/((H − blockSize + 1)·(W − blockSize + 1))
 */

import { ConvkitError } from "../../core/error.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { randomUniform } from "../../ops/random-uniform.ts";
import { checkImages } from "../images.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { type Mode, Module } from "../module.ts";
import { randomKey } from "../random-key.ts";
import { checkProbability } from "./drop.ts";

export class DropBlock2d extends Module {
  readonly p: number;
  readonly blockSize: number;

  constructor(p: number, blockSize: number) {
    super();
    checkProbability("dropBlock2d", p);
    if (!Number.isInteger(blockSize) || blockSize < 1) {
      throw new ConvkitError(
        "dropBlock2d",
        `blockSize is ${blockSize}, expected a positive whole number`,
      );
    }
    this.p = p;
    this.blockSize = blockSize;
  }

  override get kind(): string {
    return "dropBlock2d";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    checkImages("dropBlock2d", x);
    if (!mode.training || this.p === 0) return x;
    const dropped = this.#squares(x, mode);
    // The mean is over the images that exist. With nothing kept there is nothing to scale: no division by 0.
    const kept = dropped.mean().rsub(1).maximum(1e-12);
    return dropped.gt(0).where(0, x.div(kept));
  }

  /** 1 within a square that is dropped, else 0. */
  #squares({ builder, shape, batched }: Tensor, mode: Mode): Tensor {
    const [images, channels, height, width] = shape;
    const size = Math.min(this.blockSize, height, width);
    const [rows, columns] = [height - size + 1, width - size + 1];
    const gamma = ((this.p / size ** 2) * height * width) / (rows * columns);
    const { key, salt } = randomKey("dropBlock2d", builder, mode);
    const corners = [images, channels, rows, columns];
    const begins = builder
      .apply(randomUniform, [key], { shape: corners, salt, batched })
      .lt(gamma)
      .where(1, 0);
    // The window of each pixel holds the corners of all squares that cover it.
    const attrs = { kernel: [size, size], stride: [1, 1], padding: size - 1 };
    return builder.apply("maxPool2d", [begins], attrs);
  }
}

export const dropBlock2d = (p: number, blockSize: number): DropBlock2d =>
  new DropBlock2d(p, blockSize);

export const dropBlock2dSpec: LayerSpec = {
  name: "dropBlock2d",
  formula: "y = 0 in random squares, else x·(all elements)/(kept elements); in evaluation y = x",
  shapes: "N×C×H×W → the same",
  source: "Ghiasi, Lin and Le 2018, arXiv:1810.12890, algorithm 1 and equation 1",
  torch: "torchvision.ops.DropBlock2d",
  samples: [
    {
      name: "3×3",
      make: () => dropBlock2d(0.3, 3),
      inputs: [{ shape: [2, 5, 7] }],
      output: [2, 5, 7],
      torch: "torchvision.ops.DropBlock2d(0.3, 3)",
    },
  ],
};
