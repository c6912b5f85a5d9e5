/** What `train` is told, and whom it tells how it goes. */
import type { TransformSettings } from "../augment/settings.ts";
import type { Dataset, DatasetPair } from "../data/index.ts";
import type { ClipOptions } from "../optim/clip.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import type { Schedule } from "../optim/schedule/schedule.ts";
import type { BackendName, Device } from "../tensor/index.ts";
import type { TrainConfig } from "./config.ts";
import type { LossFunction, LossName } from "./loss.ts";
import type { OptimizerName, OptimizerSettings } from "./optimizer-settings.ts";
import type { EpochRecord } from "./records.ts";
import type { RunStore } from "./run-store.ts";
import type { ScheduleName, ScheduleSettings } from "./schedule-settings.ts";

export interface TrainOptions {
  /** `glyphs`, `glyphs:train=1000,…`, a data set, or one with its own test part. */
  readonly data: string | Dataset | DatasetPair;
  readonly epochs?: number;
  readonly batch?: number;
  /** A name, settings, or an optimiser that nothing else uses: `sam(sgd({ lr: 0.1 }))`, `lookahead(adamW())`. */
  readonly optimizer?: OptimizerName | OptimizerSettings | Optimizer;
  /** A name, settings, or a function. */
  readonly schedule?: ScheduleName | ScheduleSettings | Schedule;
  /** Steps of a rising learning rate before the schedule; a share of all when below 1. */
  readonly warmup?: number;
  readonly seed?: number;
  /** Share of the training data held back, 0.1 by default; 0 holds nothing back. */
  readonly validation?: number;
  /** Transforms of the training pictures, in this order; a size that one wants and is not given is the network's. */
  readonly augmentation?: readonly TransformSettings[];
  /** Ends the training when so many epochs in a row brought nothing better. */
  readonly patience?: number;
  /** Largest norm of all gradients together, or limits for norm and single values. */
  readonly clip?: number | ClipOptions;
  /** Batches to a step of the optimiser, 1 by default: a batch so many times as large, in the memory of one. */
  readonly accumulate?: number;
  /** Decay of a moving average of the weights, say 0.999, that is validated, tested and saved in their place. */
  readonly ema?: number;
  /** A weight for each class, or `balanced`: inverse to how often each occurs. */
  readonly classWeights?: readonly number[] | "balanced";
  readonly labelSmoothing?: number;
  /**
   * The model's own by default. As a function it is a scalar of the outputs N×K and the labels N, such as
   * `losses.softmaxFocal`, or `(x, y) => losses.bceWithLogits(x, …)`; predictions take x for logits of a softmax.
   */
  readonly loss?: LossName | LossFunction;
  /** Opened by `backend` and `threads` when left out. */
  readonly device?: Device;
  readonly backend?: BackendName;
  readonly threads?: number;
  /** Where checkpoints and results go; nowhere when left out. */
  readonly store?: RunStore;
  /** Goes on from the store's checkpoint; starts over where there is none. */
  readonly resume?: boolean;
  /** Between checkpoints, besides the one of every epoch; 60. */
  readonly checkpointSeconds?: number;
  /** Ends the training after the step in progress, with a checkpoint. */
  readonly signal?: AbortSignal;
  readonly callbacks?: readonly TrainCallbacks[];
  readonly onProgress?: TrainCallbacks["onProgress"];
  /** Where the data came from; kept in the checkpoint. */
  readonly source?: string;
}

export interface TrainCallbacks {
  /** Before the first step. */
  readonly onStart?: (start: TrainStart) => void;
  readonly onProgress?: (progress: TrainProgress) => void;
  /** After validation; "stop" ends the training. */
  readonly onEpoch?: (record: EpochRecord, timing: EpochTiming) => unknown;
  /** Something a person should know: an adapted model, a batch too large. */
  readonly onNote?: (note: string) => void;
  readonly onCheckpoint?: (step: number) => void;
}

export interface TrainStart {
  readonly config: TrainConfig;
  readonly device: Device;
  readonly trainLength: number;
  readonly validationLength: number;
  readonly testLength: number;
  /** Steps done already by the run that this one goes on with. */
  readonly resumedAt: number | undefined;
}

export interface TrainProgress {
  readonly phase: "train" | "validate" | "test";
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Pictures of this phase. */
  readonly done: number;
  readonly total: number;
  readonly step: number;
  /** Means over the epoch so far; while training. */
  readonly loss?: number;
  readonly accuracy?: number;
  readonly imagesPerSecond?: number;
}

export interface EpochTiming {
  readonly seconds: number;
  readonly imagesPerSecond: number;
}
