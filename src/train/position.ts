/** Where a training stands; with the seed, all that its random numbers and its order of pictures follow from. */
import type { EpochRecord, TestRecord } from "./records.ts";

export interface Position {
  /** Epochs done. */
  epoch: number;
  /** Batches of the epoch in progress that are done. */
  batch: number;
  /** Steps done in all. */
  step: number;
  /** Over the epoch in progress. */
  sums: { loss: number; correct: number; seen: number };
  history: EpochRecord[];
  /** Epoch of the best weights so far; 0 before there are any. */
  best: number;
  /** Steps in all, where the time decides; from before the first step on. */
  total?: number;
  /** Early stopping ended the training. */
  stopped: boolean;
  /** Present once the run is finished. */
  test?: TestRecord;
}

export const beginning = (): Position => ({
  epoch: 0,
  batch: 0,
  step: 0,
  sums: { loss: 0, correct: 0, seen: 0 },
  history: [],
  best: 0,
  stopped: false,
});
