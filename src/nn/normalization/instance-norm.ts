/**
 * y = γ_c·(x − μ)/√(σ² + ε) + β_c, with μ and σ² over the positions of each channel of each example (Ulyanov,
 * Vedaldi and Lempitsky 2016, arXiv:1607.08022). With running statistics evaluation takes these instead:
 * r ← (1 − m)·r + m·s, s the mean over the batch of the examples' means and unbiased variances.
 */
import { ConvkitError } from "../../core/error.ts";
import { formatShape, sizeOf } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { checkImages, checkSequences } from "../images.ts";
import { ones, zeros } from "../init/constant.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { type Mode, Module } from "../module.ts";
import {
  checkNorm,
  normalizeWith,
  positionAxes,
  scaleChannels,
  standardize,
} from "./standardize.ts";

export interface InstanceNormOptions {
  readonly eps?: number;
  /** Share of the new statistic. */
  readonly momentum?: number;
  /** A factor and a shift for each channel; none by default. */
  readonly affine?: boolean;
  /** Not by default: then evaluation normalises each example by itself, as training does. */
  readonly trackRunningStats?: boolean;
}

export class InstanceNorm extends Module {
  readonly rank: 3 | 4;
  readonly options: InstanceNormOptions;

  constructor(rank: 3 | 4, options: InstanceNormOptions = {}) {
    super();
    this.rank = rank;
    this.options = options;
    checkNorm(this.kind, options.eps, options.momentum);
  }

  override get kind(): string {
    return this.rank === 4 ? "instanceNorm2d" : "instanceNorm1d";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const { eps = 1e-5, affine = false, trackRunningStats = false } = this.options;
    if (this.rank === 4) checkImages(this.kind, x);
    else checkSequences(this.kind, x);
    const c = [x.shape[1]];
    const factors = affine && {
      gamma: this.param("weight", c, ones()),
      beta: this.param("bias", c, zeros()),
    };
    if (trackRunningStats) {
      const mean = this.buffer("running_mean", c, zeros());
      const variance = this.buffer("running_var", c, ones());
      // PyTorch has the counter in its files, and never counts.
      this.buffer("num_batches_tracked", [], zeros(), { dtype: "i32" });
      if (!mode.training) {
        const one = x.builder.constant(1, x.dtype);
        const { gamma = one, beta = one.sub(1) } = factors || {};
        return normalizeWith(x, { mean, variance, gamma, beta }, eps);
      }
      this.#track(x, mean, variance);
    }
    if (sizeOf(x.shape.slice(2)) === 1) {
      throw new ConvkitError(
        this.kind,
        `a channel of ${formatShape(x.shape)} has one value, whose deviation is 0 — use groupNorm or layerNorm`,
      );
    }
    const y = standardize(x, positionAxes(x), eps);
    return factors ? scaleChannels(y, factors.gamma, factors.beta) : y;
  }

  #track(x: Tensor, mean: Tensor, variance: Tensor): void {
    const { momentum = 0.1 } = this.options;
    const axes = positionAxes(x);
    const m = sizeOf(x.shape.slice(2));
    const follow = (running: Tensor, now: Tensor) => running.add(now.sub(running).mul(momentum));
    this.updateBuffer("running_mean", follow(mean, x.mean([0, ...axes])));
    const biased = x.var(axes).mean(0);
    const unbiased = biased.mul(m / (m - 1));
    this.updateBuffer("running_var", follow(variance, unbiased));
  }
}

/** Over images N×C×H×W. */
export const instanceNorm2d = (options: InstanceNormOptions = {}): InstanceNorm =>
  new InstanceNorm(4, options);

/** Over sequences N×C×L. */
export const instanceNorm1d = (options: InstanceNormOptions = {}): InstanceNorm =>
  new InstanceNorm(3, options);

const tracked = { running_mean: [3], running_var: [3], num_batches_tracked: [] } as const;
const draw = { running_var: { low: 0.5, high: 2 } } as const;

export const instanceNorm2dSpec: LayerSpec = {
  name: "instanceNorm2d",
  formula:
    "y = γ·(x − μ)/√(σ² + ε) + β, μ and σ² over the positions of each channel of each example",
  shapes: "N×C×H×W → the same",
  source: "Ulyanov, Vedaldi and Lempitsky 2016, arXiv:1607.08022",
  torch: "nn.InstanceNorm2d",
  // biome-ignore format: one case a line
  samples: [
    { name: "bare", make: () => instanceNorm2d(), inputs: [{ shape: [3, 4, 3] }], output: [3, 4, 3], torch: "nn.InstanceNorm2d(3)" },
    { name: "far from zero, affine", make: () => instanceNorm2d({ affine: true, eps: 1e-3 }), inputs: [{ shape: [3, 4, 3], low: 99, high: 101 }], output: [3, 4, 3], states: { weight: [3], bias: [3] }, torch: "nn.InstanceNorm2d(3, eps=1e-3, affine=True)" },
    { name: "tracking in training", make: () => instanceNorm2d({ affine: true, trackRunningStats: true, momentum: 0.3 }), inputs: [{ shape: [3, 4, 3] }], output: [3, 4, 3], states: { weight: [3], bias: [3], ...tracked }, draw, torch: "nn.InstanceNorm2d(3, momentum=0.3, affine=True, track_running_stats=True)", training: true },
    { name: "tracking in evaluation", make: () => instanceNorm2d({ affine: true, trackRunningStats: true }), inputs: [{ shape: [3, 4, 3] }], output: [3, 4, 3], states: { weight: [3], bias: [3], ...tracked }, draw, torch: "nn.InstanceNorm2d(3, affine=True, track_running_stats=True)" },
  ],
};

export const instanceNorm1dSpec: LayerSpec = {
  name: "instanceNorm1d",
  formula:
    "y = γ·(x − μ)/√(σ² + ε) + β, μ and σ² over the positions of each channel of each example",
  shapes: "N×C×L → the same",
  source: "Ulyanov, Vedaldi and Lempitsky 2016, arXiv:1607.08022",
  torch: "nn.InstanceNorm1d",
  // biome-ignore format: one case a line
  samples: [
    { name: "affine", make: () => instanceNorm1d({ affine: true }), inputs: [{ shape: [3, 5] }], output: [3, 5], states: { weight: [3], bias: [3] }, torch: "nn.InstanceNorm1d(3, affine=True)" },
    { name: "tracking in evaluation, bare", make: () => instanceNorm1d({ trackRunningStats: true }), inputs: [{ shape: [3, 5] }], output: [3, 5], states: tracked, draw, torch: "nn.InstanceNorm1d(3, track_running_stats=True)" },
  ],
};
