/** What the runner tells a peer's process (as JSON, its one argument) and what the process answers (its last line). */
import type { Layer } from "./networks.ts";

export interface Job {
  readonly task: "train" | "predict";
  readonly batch: number;
  readonly input: readonly [number, number, number];
  readonly classes: number;
  readonly parameters: number;
  readonly layers: readonly Layer[];
  readonly threads: number;
  /** Timed steps go on for so many seconds, and for at least `minSteps` steps. */
  readonly seconds: number;
  readonly minSteps: number;
  readonly warmup: number;
  /** A variant of the peer: `channelsLast`, `noJit`. */
  readonly variant?: string;
}

export interface Answer {
  /** Median of one step. */
  readonly ms: number;
  readonly steps: number;
  /** Peak resident memory of the whole process, in MiB. */
  readonly peakMB: number;
  readonly version: string;
  /** As counted in the peer's own model; must equal `Job.parameters`. */
  readonly parameters: number;
  /** The loss of the last training step; must be finite. */
  readonly loss?: number;
}
