/**
 * y = γ·(x − μ)/√(σ² + ε) + β per channel (Ioffe and Szegedy 2015, arXiv:1502.03167). In training μ and σ² are
 * the batch's, and the running statistics follow: r ← (1 − m)·r + m·s, with the unbiased variance as in
 * PyTorch. In evaluation the running statistics stand in.
 */
import { ConvkitError } from "../../core/error.ts";
import { formatShape, sizeOf } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { batchNorm as batchNormOp } from "../../ops/batch-norm.ts";
import { ones, zeros } from "../init/constant.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { type Mode, Module } from "../module.ts";
import { checkNorm, normalizeWith } from "./standardize.ts";

export interface BatchNormOptions {
  readonly eps?: number;
  /** Share of the new statistic; null for the plain average over all steps. */
  readonly momentum?: number | null;
  readonly affine?: boolean;
  readonly trackRunningStats?: boolean;
}

export class BatchNorm extends Module {
  readonly ranks: readonly number[];
  readonly options: BatchNormOptions;
  readonly #kind: string;

  constructor(kind: string, ranks: readonly number[], options: BatchNormOptions = {}) {
    super();
    this.#kind = kind;
    this.ranks = ranks;
    checkNorm(kind, options.eps, options.momentum);
    this.options = options;
  }

  override get kind(): string {
    return this.#kind;
  }

  forward(x: Tensor, mode: Mode): Tensor {
    if (!this.ranks.includes(x.rank)) {
      throw new ConvkitError(
        this.kind,
        `takes tensors of rank ${this.ranks.join(" or ")}, got ${formatShape(x.shape)}`,
      );
    }
    const { eps = 1e-5, affine = true, trackRunningStats = true } = this.options;
    const { builder } = x;
    const c = [x.shape[1]];
    const same = (value: number) =>
      builder.apply("broadcastTo", [builder.constant(value, x.dtype)], { shape: c });
    const gamma = affine ? this.param("weight", c, ones()) : same(1);
    const beta = affine ? this.param("bias", c, zeros()) : same(0);
    if (trackRunningStats) {
      const mean = this.buffer("running_mean", c, zeros());
      const variance = this.buffer("running_var", c, ones());
      const steps = this.buffer("num_batches_tracked", [], zeros(), { dtype: "i32" });
      if (!mode.training) return normalizeWith(x, { mean, variance, gamma, beta }, eps);
      this.#track(x, mean, variance, steps);
    }
    return builder.apply(batchNormOp, [x, gamma, beta], { eps });
  }

  #track(x: Tensor, mean: Tensor, variance: Tensor, steps: Tensor): void {
    const { momentum = 0.1 } = this.options;
    const { builder } = x;
    const axes = x.shape.map((_, i) => i).filter((axis) => axis !== 1);
    const tracked = steps.add(1);
    const share = momentum ?? builder.constant(1).div(tracked.to("f32"));
    const follow = (running: Tensor, now: Tensor) => running.add(now.sub(running).mul(share));
    // σ²·M/(M − 1), M values to a channel; a single value has no variance to correct.
    const field = sizeOf(x.shape.slice(2));
    const m = x.batched ? builder.count().mul(field) : builder.constant(x.shape[0] * field);
    const unbiased = x.var(axes).mul(m.div(m.sub(1).maximum(1)));
    this.updateBuffer("running_mean", follow(mean, x.mean(axes)));
    this.updateBuffer("running_var", follow(variance, unbiased));
    this.updateBuffer("num_batches_tracked", tracked);
  }
}

/** Over images N×C×H×W. */
export const batchNorm2d = (options: BatchNormOptions = {}): BatchNorm =>
  new BatchNorm("batchNorm2d", [4], options);

/** Over rows N×C or sequences N×C×L. */
export const batchNorm1d = (options: BatchNormOptions = {}): BatchNorm =>
  new BatchNorm("batchNorm1d", [2, 3], options);

export const batchNorm2dSpec: LayerSpec = {
  name: "batchNorm2d",
  formula: "y = γ·(x − μ)/√(σ² + ε) + β, μ and σ² of each channel over the batch",
  shapes: "N×C×H×W → the same",
  source: "Ioffe and Szegedy 2015, arXiv:1502.03167, algorithm 1",
  torch: "nn.BatchNorm2d",
  // biome-ignore format: one case a line
  samples: [
    { name: "training", make: () => batchNorm2d(), inputs: [{ shape: [3, 4, 4] }], output: [3, 4, 4], states: { weight: [3], bias: [3], running_mean: [3], running_var: [3], num_batches_tracked: [] }, draw: { running_var: { low: 0.5, high: 2 } }, torch: "nn.BatchNorm2d(3)", training: true },
    { name: "evaluation", make: () => batchNorm2d(), inputs: [{ shape: [3, 4, 4] }], output: [3, 4, 4], states: { weight: [3], bias: [3], running_mean: [3], running_var: [3], num_batches_tracked: [] }, draw: { running_var: { low: 0.5, high: 2 } }, torch: "nn.BatchNorm2d(3)" },
    { name: "bare", make: () => batchNorm2d({ affine: false, trackRunningStats: false }), inputs: [{ shape: [3, 4, 4] }], output: [3, 4, 4], torch: "nn.BatchNorm2d(3, affine=False, track_running_stats=False)" },
  ],
};

export const batchNorm1dSpec: LayerSpec = {
  name: "batchNorm1d",
  formula: "y = γ·(x − μ)/√(σ² + ε) + β, μ and σ² of each channel over the batch",
  shapes: "N×C or N×C×L → the same",
  source: "Ioffe and Szegedy 2015, arXiv:1502.03167, algorithm 1",
  torch: "nn.BatchNorm1d",
  // biome-ignore format: one case a line
  samples: [
    { name: "plain average", make: () => batchNorm1d({ momentum: null }), inputs: [{ shape: [5] }], output: [5], states: { weight: [5], bias: [5], running_mean: [5], running_var: [5], num_batches_tracked: [] }, draw: { running_var: { low: 0.5, high: 2 } }, torch: "nn.BatchNorm1d(5, momentum=None)", training: true },
    { name: "sequences", make: () => batchNorm1d(), inputs: [{ shape: [5, 3] }], output: [5, 3], states: { weight: [5], bias: [5], running_mean: [5], running_var: [5], num_batches_tracked: [] }, draw: { running_var: { low: 0.5, high: 2 } }, torch: "nn.BatchNorm1d(5)", training: true },
  ],
};
