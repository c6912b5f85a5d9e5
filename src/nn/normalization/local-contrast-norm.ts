/**
 * Local contrast normalisation (Jarrett, Kavukcuoglu, Ranzato and LeCun 2009, ICCV, section 2): each element less the
 * neighbourhood's mean over all channels, divided by the neighbourhood's deviation where it is more than usual.
 *
 *     subtractive   v_i = x_i − Σ_j G ∗ x_j / C
 *     divisive      y_i = v_i/max(σ̄, σ),   σ = √(Σ_j G ∗ v_j² / C),   σ̄ the mean of σ over the image
 *
 * G is a Gaussian window, ∝ e^(−(r² + s²)/(2σ_G²)), whose elements add up to 1; that sum takes the place of the constant
 * 1/√(2πσ²). At the border the window is cut and weighed anew, so that a flat picture gives 0 everywhere.
 */
import { ConvkitError } from "../../core/error.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { checkImages } from "../images.ts";
import { gaussianRow } from "../kernels/gaussian.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Module } from "../module.ts";
import { neighbours } from "./neighbours.ts";

export interface LocalContrastNormOptions {
  /** Side of the window, odd; 9 by default, as in the paper. */
  readonly kernel?: number;
  /** Deviation of the Gaussian in pixels; a quarter of the window's side by default. */
  readonly sigma?: number;
  /** False for the subtractive part only; true by default. */
  readonly divisive?: boolean;
  /** Least deviation that is divided by; 1e-4 by default. */
  readonly eps?: number;
}

export class LocalContrastNorm extends Module {
  readonly options: LocalContrastNormOptions;

  constructor(options: LocalContrastNormOptions = {}) {
    super();
    const { kernel = 9, sigma = kernel / 4 } = options;
    if (!Number.isInteger(kernel) || kernel < 1 || kernel % 2 === 0 || !(sigma > 0)) {
      throw new ConvkitError(
        "localContrastNorm",
        `kernel ${kernel} and sigma ${sigma} — an odd side and a positive deviation are needed`,
      );
    }
    this.options = options;
  }

  override get kind(): string {
    return "localContrastNorm";
  }

  forward(x: Tensor): Tensor {
    const { builder } = x;
    const { kernel = 9, sigma = kernel / 4, divisive = true, eps = 1e-4 } = this.options;
    checkImages(this.kind, x);
    const window = gaussianRow(kernel, sigma);
    // Rows, then columns: the window is a product of two.
    const blur = (image: Tensor) =>
      [2, 3].reduce((t, axis) => {
        const along = neighbours(t, axis, kernel >> 1, kernel >> 1);
        return along.map((near, i) => near.mul(window[i])).reduce((sum, part) => sum.add(part));
      }, image);
    const flat = { shape: [1, 1, ...x.shape.slice(2)] };
    const inside = blur(builder.apply("broadcastTo", [builder.constant(1, x.dtype)], flat));
    const weighed = (t: Tensor) =>
      blur(t.mean(1, true)).div(inside.reshape(...flat.shape.slice(1)));
    const v = x.sub(weighed(x));
    if (!divisive) return v;
    const deviation = weighed(v.square())
      .maximum(eps * eps)
      .sqrt();
    return v.div(deviation.maximum(deviation.mean([1, 2, 3], true)));
  }
}

export const localContrastNorm = (options: LocalContrastNormOptions = {}): LocalContrastNorm =>
  new LocalContrastNorm(options);

export const localContrastNormSpec: LayerSpec = {
  name: "localContrastNorm",
  formula: "v = x − Σ_j G ∗ x_j/C; y = v/max(σ̄, σ), σ = √(Σ_j G ∗ v_j²/C)",
  shapes: "N×C×H×W → the same",
  source: "Jarrett, Kavukcuoglu, Ranzato and LeCun 2009, ICCV, section 2",
  torch: null,
  // biome-ignore format: one case a line
  samples: [
    { name: "subtractive and divisive", make: () => localContrastNorm({ kernel: 5 }), inputs: [{ shape: [2, 6, 7] }], output: [2, 6, 7], torch: "lambda x: local_contrast_norm(x, 5, 1.25, True, 1e-4)" },
    { name: "subtractive, window over the border", make: () => localContrastNorm({ sigma: 1.5, divisive: false }), inputs: [{ shape: [3, 4, 5] }], output: [3, 4, 5], torch: "lambda x: local_contrast_norm(x, 9, 1.5, False, 1e-4)" },
  ],
};
