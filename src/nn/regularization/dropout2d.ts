/**
 * In training each channel of each image is 0 with probability p, else x/(1 − p); in evaluation y = x (Tompson et al.
 * 2014). Neighbouring pixels say nearly the same, so that dropping single ones hides little.
 */
import { ConvkitError } from "../../core/error.ts";
import { formatShape } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { type Mode, Module } from "../module.ts";
import { checkProbability, drawKept } from "./drop.ts";

export class ChannelDropout extends Module {
  readonly p: number;
  /** How many axes there are after the channels. */
  readonly dimensions: 1 | 2;

  constructor(p: number, dimensions: 1 | 2) {
    super();
    this.p = p;
    this.dimensions = dimensions;
    checkProbability(this.kind, p);
  }

  override get kind(): string {
    return `dropout${this.dimensions}d`;
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const { p, kind, dimensions } = this;
    if (x.rank !== 2 + dimensions) {
      const wanted = dimensions === 1 ? "N×C×L" : "N×C×H×W";
      throw new ConvkitError(
        kind,
        `takes ${wanted}, got ${formatShape(x.shape)} — use dropout for single elements`,
      );
    }
    if (!mode.training || p === 0) return x;
    return drawKept(kind, x, mode, p, 2).where(x.mul(1 / (1 - p)), 0);
  }
}

export const dropout2d = (p = 0.5): ChannelDropout => new ChannelDropout(p, 2);

export const dropout2dSpec: LayerSpec = {
  name: "dropout2d",
  formula: "y = x/(1 − p) with probability 1 − p, else 0, for whole channels; in evaluation y = x",
  shapes: "N×C×H×W → the same",
  source: "Tompson et al. 2014, arXiv:1411.4280, section 3.2",
  torch: "nn.Dropout2d",
  samples: [
    {
      name: "half",
      make: () => dropout2d(),
      inputs: [{ shape: [6, 3, 5] }],
      output: [6, 3, 5],
      torch: "nn.Dropout2d()",
    },
  ],
};
