/** What a training with masks gives back: the trained segmenter, and how it went. */
import type { Module } from "../nn/module.ts";
import type { Device } from "../tensor/index.ts";
import type { TrainConfig } from "./config.ts";
import type { ModelCard } from "./model-card.ts";
import type { EpochRecord, TestRecord } from "./records.ts";
import type { RunResult } from "./run.ts";
import { Segmenter } from "./segmenter.ts";

export class SegmentationRun extends Segmenter implements RunResult {
  declare readonly config: TrainConfig;
  declare readonly history: readonly EpochRecord[];
  declare readonly test: TestRecord | undefined;
  declare readonly interrupted: boolean;
  declare readonly stoppedEarly: boolean;
  declare readonly alreadyFinished: boolean;
  declare readonly imagesPerSecond: number;
  declare readonly seconds: number;

  constructor(net: Module, card: ModelCard, device: Device, result: RunResult) {
    super(net, card, device);
    Object.assign(this, result);
  }

  /** Mean intersection over union on the test data, 0 … 1; NaN when the training was interrupted. */
  get meanIoU(): number {
    return this.test?.measures?.meanIoU ?? Number.NaN;
  }
}
