/**
 * An image as a sequence of patches, each a linear function of its pixels: a convolution whose stride is its kernel
 * (Dosovitskiy et al. 2020, arXiv:2010.11929, equation 1), under timm's names.
 */
import { ConvkitError } from "../../core/error.ts";
import { formatShape } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { conv2d } from "../convolution/conv2d.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { type Mode, Module } from "../module.ts";
import { layerNorm } from "../normalization/layer-norm.ts";
import { type Pair, pair } from "../pair.ts";

export interface PatchEmbedOptions {
  /** 16 by default. */
  readonly patchSize?: Pair;
  /** True by default. */
  readonly bias?: boolean;
  /** Layer norm of the tokens, as in Swin (Liu et al. 2021, arXiv:2103.14030); false by default. */
  readonly norm?: boolean;
}

export class PatchEmbed extends Module {
  readonly patchSize: readonly [number, number];
  readonly proj;
  readonly norm;

  constructor(embedDim: number, options: PatchEmbedOptions) {
    super();
    const { patchSize = 16, bias = true, norm = false } = options;
    this.patchSize = pair(patchSize);
    this.proj = conv2d(embedDim, { kernel: patchSize, stride: patchSize, bias });
    this.norm = norm ? layerNorm() : undefined;
  }

  override get kind(): string {
    return "patchEmbed";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const [rows, columns] = this.patchSize;
    if (x.rank !== 4 || x.shape[2] % rows !== 0 || x.shape[3] % columns !== 0) {
      throw new ConvkitError(
        "patchEmbed",
        `takes images N×C×H×W of whole patches of ${rows}×${columns}, got ${formatShape(x.shape)} — ` +
          "resize or pad them first",
      );
    }
    const tokens = this.proj.call(x, mode).flatten(2).transpose(0, 2, 1);
    return this.norm?.call(tokens, mode) ?? tokens;
  }
}

/** N×C×H×W → N×T×`embedDim`, a token for each patch in row-major order. */
export const patchEmbed = (embedDim: number, options: PatchEmbedOptions = {}): PatchEmbed =>
  new PatchEmbed(embedDim, options);

export const patchEmbedSpec: LayerSpec = {
  name: "patchEmbed",
  formula: "y[t] = W·(pixels of patch t) + b",
  shapes: "N×C×H×W → N×(H·W/P²)×D",
  source: "Dosovitskiy et al. 2020, arXiv:2010.11929, equation 1",
  torch: "timm.layers.PatchEmbed",
  // biome-ignore format: one case a line
  samples: [
    { name: "2×3", make: () => patchEmbed(5, { patchSize: [2, 3] }), inputs: [{ shape: [3, 4, 6] }], output: [4, 5], states: { "proj.weight": [5, 3, 2, 3], "proj.bias": [5] }, torch: "lambda x, p: patches(x, p)" },
    { name: "norm", make: () => patchEmbed(6, { patchSize: 2, bias: false, norm: true }), inputs: [{ shape: [3, 4, 6] }], output: [6, 6], states: { "proj.weight": [6, 3, 2, 2], "norm.weight": [6], "norm.bias": [6] }, torch: "lambda x, p: F.layer_norm(patches(x, p), [6], p['norm.weight'], p['norm.bias'])" },
  ],
};
