/** What normalisations share: by statistics of the input itself, or by given ones of each channel. */
import { ConvkitError } from "../../core/error.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { perChannel } from "../channels.ts";

/**
 * (x − μ)/√(σ² + ε) over the axes, with the biased variance in two passes. Everything is less the first of the
 * values that are normalised together: that changes nothing but the digits that a mean far from zero would cost.
 */
export function standardize(x: Tensor, axes: readonly number[], eps: number | Tensor): Tensor {
  const first = axes.reduce((t, axis) => t.slice(axis, 0, 1), x);
  const near = x.sub(x.builder.apply("stopGradient", [first]));
  const scale = x.builder.constant(1, x.dtype).div(near.var(axes, true).add(eps).sqrt());
  return near.sub(near.mean(axes, true)).mul(scale);
}

/** A share is that of the new statistic in a running one. */
export function checkNorm(where: string, eps = 0, share: number | null = 0): void {
  if (!(eps >= 0 && eps < Number.POSITIVE_INFINITY)) {
    throw new ConvkitError(where, `eps is ${eps}, expected a number from 0 on`);
  }
  if (share === null || (share >= 0 && share <= 1)) return;
  throw new ConvkitError(where, `momentum is ${share}, expected 0 ≤ momentum ≤ 1`);
}

/** γ_c·x + β_c. */
export const scaleChannels = (x: Tensor, gamma: Tensor, beta: Tensor): Tensor =>
  x.mul(perChannel(gamma, x)).add(perChannel(beta, x));

/** The axes of positions: all but those of images and channels. */
export const positionAxes = (x: Tensor): number[] => x.shape.map((_, i) => i).slice(2);

/** Statistics, factors and shifts, one a channel. */
export interface ChannelStatistics {
  readonly mean: Tensor;
  readonly variance: Tensor;
  readonly gamma: Tensor;
  readonly beta: Tensor;
}

/** y = x·a + (β − μ·a) with a = γ/√(σ² + ε): two numbers a channel, worked out once while no state changes. */
export function normalizeWith(
  x: Tensor,
  { mean, variance, gamma, beta }: ChannelStatistics,
  eps: number | Tensor,
): Tensor {
  const a = gamma.div(variance.add(eps).sqrt());
  return scaleChannels(x, a, beta.sub(mean.mul(a)));
}
