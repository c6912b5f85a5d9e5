/** The state behind curves and the areas under them: every score, or counts on a grid of thresholds. */
import { BinnedScores } from "./binned-scores.ts";
import { KeptScores } from "./kept-scores.ts";
import type { Steps } from "./rank-steps.ts";
import { type Task, type TaskOptions, taskOf } from "./task.ts";

export interface RankOptions extends TaskOptions {
  /**
   * How many thresholds there are, equally spaced from 0 to 1: memory stays constant, scores are probabilities. Left out:
   * every score is one, and all are kept.
   */
  readonly thresholds?: number;
}

export interface RankedScores {
  readonly task: Task;
  update(scores: ArrayLike<number>, labels: ArrayLike<number>): void;
  /** Whether a score was NaN, so that there is no order. */
  readonly hasNaN: boolean;
  /** Of one class against the rest, or of one label; without a class, of all decisions together. None if a score is NaN. */
  steps(only?: number): Steps;
  /** How many examples are of the class. */
  support(only: number): number;
  reset(): void;
}

export const rankedScores = (where: string, options: RankOptions): RankedScores =>
  options.thresholds === undefined
    ? new KeptScores(taskOf(where, options))
    : new BinnedScores(taskOf(where, options), options.thresholds);
