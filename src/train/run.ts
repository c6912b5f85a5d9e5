/** What a training gives back: the trained classifier, and how it went. */

import type { Module } from "../nn/module.ts";
import type { Device } from "../tensor/index.ts";
import { Classifier } from "./classifier.ts";
import type { TrainConfig } from "./config.ts";
import type { ModelCard } from "./model-card.ts";
import type { EpochRecord, TestRecord } from "./records.ts";

export interface RunResult {
  readonly config: TrainConfig;
  readonly history: readonly EpochRecord[];
  /** On the test data, with the last weights; undefined when the training was interrupted. */
  readonly test: TestRecord | undefined;
  readonly interrupted: boolean;
  /** Early stopping, or a callback, ended it before all epochs were done. */
  readonly stoppedEarly: boolean;
  /** It had been finished before; nothing was trained now. */
  readonly alreadyFinished: boolean;
  /** By this process, training steps alone. */
  readonly imagesPerSecond: number;
  readonly seconds: number;
}

/** What `train` resolves to. */
export class Run extends Classifier implements RunResult {
  declare readonly config: TrainConfig;
  declare readonly history: readonly EpochRecord[];
  declare readonly test: TestRecord | undefined;
  declare readonly interrupted: boolean;
  declare readonly stoppedEarly: boolean;
  declare readonly alreadyFinished: boolean;
  declare readonly imagesPerSecond: number;
  declare readonly seconds: number;

  constructor(net: Module, card: ModelCard, device: Device, result: RunResult) {
    super(net, card, device, { tta: result.config.tta ?? undefined });
    Object.assign(this, result);
  }

  /** 0 … 1 on the test data; NaN when the training was interrupted. */
  get accuracy(): number {
    return this.test?.accuracy ?? Number.NaN;
  }
}
