/** What a training with masks gives back: the trained segmenter, and how it went. */
import type { Module } from "../nn/module.ts";
import type { Device } from "../tensor/index.ts";
import type { TrainConfig } from "./config.ts";
import type { ModelCard } from "./model-card.ts";
import type { EpochRecord, TestRecord } from "./records.ts";
import type { RunResult } from "./run.ts";
import { Segmenter } from "./segmenter.ts";

export class SegmentationRun extends Segmenter implements RunResult {
  readonly config: TrainConfig;
  readonly history: readonly EpochRecord[];
  readonly test: TestRecord | undefined;
  readonly interrupted: boolean;
  readonly stoppedEarly: boolean;
  readonly alreadyFinished: boolean;
  readonly imagesPerSecond: number;
  readonly seconds: number;

  constructor(net: Module, card: ModelCard, device: Device, result: RunResult) {
    super(net, card, device);
    this.config = result.config;
    this.history = result.history;
    this.test = result.test;
    this.interrupted = result.interrupted;
    this.stoppedEarly = result.stoppedEarly;
    this.alreadyFinished = result.alreadyFinished;
    this.imagesPerSecond = result.imagesPerSecond;
    this.seconds = result.seconds;
  }

  /** Mean intersection over union on the test data, 0 … 1; NaN when the training was interrupted. */
  get meanIoU(): number {
    return this.test?.measures?.meanIoU ?? Number.NaN;
  }
}
