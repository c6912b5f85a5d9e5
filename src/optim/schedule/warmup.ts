/**
 * A line from `from` to 1 over the first steps (PyTorch's LinearLR), then another schedule over the rest, as if
 * the rest were all there is (PyTorch's SequentialLR). `steps` below 1 is a share of all steps.
 */
import { constant } from "./constant.ts";
import type { Schedule } from "./schedule.ts";

export interface WarmupOptions {
  readonly steps: number;
  readonly from?: number;
}

export const warmup =
  ({ steps, from = 0.1 }: WarmupOptions, then: Schedule = constant()): Schedule =>
  (t, total) => {
    const rise = steps < 1 ? Math.round(steps * total) : steps;
    return t < rise ? from + ((1 - from) * t) / rise : then(t - rise, total - rise);
  };
