/** `interpolate` as a layer. */
import type { Tensor } from "../../graph/tensor.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Module } from "../module.ts";
import { checkInterpolate, type InterpolateOptions, interpolate } from "./interpolate.ts";

type Size = Pick<InterpolateOptions, "size" | "scaleFactor">;

export class Upsample extends Module {
  readonly options: InterpolateOptions;

  constructor(options: InterpolateOptions) {
    super();
    checkInterpolate("upsample", options);
    this.options = options;
  }

  override get kind(): string {
    return "upsample";
  }

  forward(x: Tensor): Tensor {
    return interpolate(x, this.options);
  }
}

export const upsample = (options: InterpolateOptions): Upsample => new Upsample(options);

export const upsamplingNearest2d = (options: Size): Upsample =>
  new Upsample({ ...options, mode: "nearest" });

/** With aligned corners, as in PyTorch. */
export const upsamplingBilinear2d = (options: Size): Upsample =>
  new Upsample({ ...options, mode: "bilinear", alignCorners: true });

export const upsampleSpec: LayerSpec = {
  name: "upsample",
  formula: "y[o] = Σ_k w(s(o) − k)·x[k] along each axis, s(o) = (o + ½)·in/out − ½",
  shapes: "N×C×H×W → N×C×H′×W′, H′ = size or ⌊H·scaleFactor⌋",
  source: "Keys 1981, IEEE Trans. ASSP 29(6), for the cubic one",
  torch: "nn.Upsample",
  // biome-ignore format: one case a line
  samples: [
    { name: "nearest", make: () => upsample({ scaleFactor: 2 }), inputs: [{ shape: [2, 3, 4] }], output: [2, 6, 8], torch: "nn.Upsample(scale_factor=2)" },
    { name: "nearest, other sizes", make: () => upsample({ size: [7, 3] }), inputs: [{ shape: [2, 4, 5] }], output: [2, 7, 3], torch: "nn.Upsample(size=(7, 3))" },
    { name: "nearest by 1.7 and 0.6", make: () => upsample({ scaleFactor: [1.7, 0.6] }), inputs: [{ shape: [2, 5, 9] }], output: [2, 8, 5], torch: "nn.Upsample(scale_factor=(1.7, 0.6))" },
    { name: "nearest-exact", make: () => upsample({ size: [3, 11], mode: "nearest-exact" }), inputs: [{ shape: [2, 7, 5] }], output: [2, 3, 11], torch: "nn.Upsample(size=(3, 11), mode='nearest-exact')" },
    { name: "nearest, sequences", make: () => upsample({ scaleFactor: 3 }), inputs: [{ shape: [2, 4] }], output: [2, 12], torch: "nn.Upsample(scale_factor=3)" },
    { name: "linear, sequences", make: () => upsample({ size: 11, mode: "linear" }), inputs: [{ shape: [2, 4] }], output: [2, 11], torch: "nn.Upsample(size=11, mode='linear')" },
    { name: "bilinear, twice", make: () => upsample({ scaleFactor: 2, mode: "bilinear" }), inputs: [{ shape: [3, 4, 3] }], output: [3, 8, 6], torch: "nn.Upsample(scale_factor=2, mode='bilinear')" },
    { name: "bilinear, corners", make: () => upsample({ size: [9, 2], mode: "bilinear", alignCorners: true }), inputs: [{ shape: [2, 4, 5] }], output: [2, 9, 2], torch: "nn.Upsample(size=(9, 2), mode='bilinear', align_corners=True)" },
    { name: "bilinear by 1.5 and 2.3", make: () => upsample({ scaleFactor: [1.5, 2.3], mode: "bilinear" }), inputs: [{ shape: [2, 5, 3] }], output: [2, 7, 6], torch: "nn.Upsample(scale_factor=(1.5, 2.3), mode='bilinear')" },
    { name: "bilinear by 1.5, recomputed", make: () => upsample({ scaleFactor: 1.5, mode: "bilinear", recomputeScaleFactor: true }), inputs: [{ shape: [2, 5, 3] }], output: [2, 7, 4], torch: "nn.Upsample(scale_factor=1.5, mode='bilinear', recompute_scale_factor=True)" },
    { name: "bilinear, down", make: () => upsample({ scaleFactor: 0.4, mode: "bilinear" }), inputs: [{ shape: [2, 8, 10] }], output: [2, 3, 4], torch: "nn.Upsample(scale_factor=0.4, mode='bilinear')" },
    { name: "bicubic, twice", make: () => upsample({ scaleFactor: 2, mode: "bicubic" }), inputs: [{ shape: [2, 4, 3] }], output: [2, 8, 6], torch: "nn.Upsample(scale_factor=2, mode='bicubic')" },
    { name: "bicubic, corners", make: () => upsample({ size: [9, 3], mode: "bicubic", alignCorners: true }), inputs: [{ shape: [2, 4, 7] }], output: [2, 9, 3], torch: "nn.Upsample(size=(9, 3), mode='bicubic', align_corners=True)" },
    { name: "bicubic, down, then up", make: () => upsample({ size: [3, 8], mode: "bicubic" }), inputs: [{ shape: [2, 8, 2] }], output: [2, 3, 8], torch: "nn.Upsample(size=(3, 8), mode='bicubic')" },
    { name: "trilinear", make: () => upsample({ size: [3, 5, 2], mode: "trilinear" }), inputs: [{ shape: [2, 2, 3, 3] }], output: [2, 3, 5, 2], torch: "nn.Upsample(size=(3, 5, 2), mode='trilinear')" },
  ],
};

export const upsamplingNearest2dSpec: LayerSpec = {
  name: "upsamplingNearest2d",
  formula: "y[i, j] = x[⌊i·H/H′⌋, ⌊j·W/W′⌋]",
  shapes: "N×C×H×W → N×C×H′×W′",
  source: "elementary, at PyTorch’s positions",
  torch: "nn.UpsamplingNearest2d",
  // biome-ignore format: one case a line
  samples: [
    { name: "thrice", make: () => upsamplingNearest2d({ scaleFactor: 3 }), inputs: [{ shape: [2, 2, 3] }], output: [2, 6, 9], torch: "nn.UpsamplingNearest2d(scale_factor=3)" },
  ],
};

export const upsamplingBilinear2dSpec: LayerSpec = {
  name: "upsamplingBilinear2d",
  formula: "y = x resampled linearly, s(o) = o·(in − 1)/(out − 1)",
  shapes: "N×C×H×W → N×C×H′×W′",
  source: "elementary, at PyTorch’s positions",
  torch: "nn.UpsamplingBilinear2d",
  // biome-ignore format: one case a line
  samples: [
    { name: "twice", make: () => upsamplingBilinear2d({ scaleFactor: 2 }), inputs: [{ shape: [2, 4, 3] }], output: [2, 8, 6], torch: "nn.UpsamplingBilinear2d(scale_factor=2)" },
  ],
};
