/**
 * Channels into space and back: of the r² channels of a group, channel r·i + j gives row i and column j of each r×r
 * square of the result. No number is computed.
 */
import { ConvkitError } from "../../core/error.ts";
import { formatShape } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { checkImages } from "../images.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Module } from "../module.ts";

export class PixelShuffle extends Module {
  readonly factor: number;

  constructor(factor: number) {
    super();
    checkFactor("pixelShuffle", factor);
    this.factor = factor;
  }

  override get kind(): string {
    return "pixelShuffle";
  }

  forward(x: Tensor): Tensor {
    const r = this.factor;
    checkImages("pixelShuffle", x);
    const [n, c, h, w] = x.shape;
    if (c % r ** 2 !== 0) {
      throw new ConvkitError(
        "pixelShuffle",
        `${c} channels are no multiple of ${r}² — x ${formatShape(x.shape)}`,
      );
    }
    const squares = x.reshape(n, c / r ** 2, r, r, h, w).transpose(0, 1, 4, 2, 5, 3);
    return squares.reshape(n, c / r ** 2, h * r, w * r);
  }
}

export class PixelUnshuffle extends Module {
  readonly factor: number;

  constructor(factor: number) {
    super();
    checkFactor("pixelUnshuffle", factor);
    this.factor = factor;
  }

  override get kind(): string {
    return "pixelUnshuffle";
  }

  forward(x: Tensor): Tensor {
    const r = this.factor;
    checkImages("pixelUnshuffle", x);
    const [n, c, h, w] = x.shape;
    if (h % r !== 0 || w % r !== 0) {
      throw new ConvkitError(
        "pixelUnshuffle",
        `${h}×${w} does not divide into squares of ${r}×${r} — x ${formatShape(x.shape)}`,
      );
    }
    const squares = x.reshape(n, c, h / r, r, w / r, r).transpose(0, 1, 3, 5, 2, 4);
    return squares.reshape(n, c * r ** 2, h / r, w / r);
  }
}

function checkFactor(where: string, factor: number): void {
  if (Number.isInteger(factor) && factor >= 1) return;
  throw new ConvkitError(where, `factor is ${factor}, expected a whole number of at least 1`);
}

export const pixelShuffle = (factor: number): PixelShuffle => new PixelShuffle(factor);
export const pixelUnshuffle = (factor: number): PixelUnshuffle => new PixelUnshuffle(factor);

export const pixelShuffleSpec: LayerSpec = {
  name: "pixelShuffle",
  formula: "y[c, r·h + i, r·w + j] = x[r²·c + r·i + j, h, w]",
  shapes: "N×(C·r²)×H×W → N×C×(H·r)×(W·r)",
  source: "Shi et al. 2016, arXiv:1609.05158, equation 4",
  torch: "nn.PixelShuffle",
  // biome-ignore format: one case a line
  samples: [
    { name: "3", make: () => pixelShuffle(3), inputs: [{ shape: [18, 2, 3] }], output: [2, 6, 9], torch: "nn.PixelShuffle(3)" },
  ],
};

export const pixelUnshuffleSpec: LayerSpec = {
  name: "pixelUnshuffle",
  formula: "y[r²·c + r·i + j, h, w] = x[c, r·h + i, r·w + j]",
  shapes: "N×C×(H·r)×(W·r) → N×(C·r²)×H×W",
  source: "Shi et al. 2016, arXiv:1609.05158, the inverse of equation 4",
  torch: "nn.PixelUnshuffle",
  // biome-ignore format: one case a line
  samples: [
    { name: "2", make: () => pixelUnshuffle(2), inputs: [{ shape: [3, 4, 6] }], output: [12, 2, 3], torch: "nn.PixelUnshuffle(2)" },
  ],
};
