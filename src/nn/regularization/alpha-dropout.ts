/**
 * Dropout that keeps the mean 0 and the variance 1 of what SELU gives: y = a·(x with probability q = 1 − p, else α′) + b,
 * where α′ = −λα is SELU's lowest value, a = 1/√(q·(1 + p·α′²)) and b = −a·p·α′; in evaluation y = x (Klambauer et al.
 * 2017).
 */
import type { Tensor } from "../../graph/tensor.ts";
import { SELU_ALPHA, SELU_SCALE } from "../activation/selu.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { type Mode, Module } from "../module.ts";
import { checkProbability, drawKept } from "./drop.ts";

export class AlphaDropout extends Module {
  readonly p: number;
  /** Whole channels instead of single elements. */
  readonly channels: boolean;

  constructor(p: number, channels: boolean) {
    super();
    this.p = p;
    this.channels = channels;
    checkProbability(this.kind, p);
  }

  override get kind(): string {
    return this.channels ? "featureAlphaDropout" : "alphaDropout";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const { p, kind } = this;
    if (!mode.training || p === 0) return x;
    const lowest = -SELU_SCALE * SELU_ALPHA;
    const a = 1 / Math.sqrt((1 - p) * (1 + p * lowest ** 2));
    const b = -a * p * lowest;
    const kept = drawKept(kind, x, mode, p, this.channels ? 2 : x.rank);
    return kept.where(x.mul(a).add(b), a * lowest + b);
  }
}

export const alphaDropout = (p = 0.5): AlphaDropout => new AlphaDropout(p, false);

/** Alpha dropout of whole channels (axis 1). */
export const featureAlphaDropout = (p = 0.5): AlphaDropout => new AlphaDropout(p, true);

export const alphaDropoutSpec: LayerSpec = {
  name: "alphaDropout",
  formula: "y = a·(x with probability 1 − p, else −λα) + b; in evaluation y = x",
  shapes: "any → the same",
  source: "Klambauer et al. 2017, arXiv:1706.02515, section “New Dropout Technique”",
  torch: "nn.AlphaDropout",
  samples: [
    {
      name: "half",
      make: () => alphaDropout(),
      inputs: [{ shape: [7] }],
      output: [7],
      torch: "nn.AlphaDropout()",
    },
  ],
};

export const featureAlphaDropoutSpec: LayerSpec = {
  name: "featureAlphaDropout",
  formula: "as alphaDropout, for whole channels",
  shapes: "N×C×… → the same",
  source: "Klambauer et al. 2017, arXiv:1706.02515; PyTorch",
  torch: "nn.FeatureAlphaDropout",
  samples: [
    {
      name: "half",
      make: () => featureAlphaDropout(),
      inputs: [{ shape: [4, 3, 5] }],
      output: [4, 3, 5],
      torch: "nn.FeatureAlphaDropout()",
    },
  ],
};
