/** What `train` is told, and whom it tells how it goes. */
import type { TransformSettings } from "../augment/settings.ts";
import type { Dataset, DatasetPair, Sampler } from "../data/index.ts";
import type { Fold } from "../data/k-fold.ts";
import type { AnyModule } from "../nn/module.ts";
import type { ClipOptions } from "../optim/clip.ts";
import type { LookaheadOptions } from "../optim/lookahead.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import type { SamOptions } from "../optim/sam.ts";
import type { Schedule } from "../optim/schedule/schedule.ts";
import type { BackendName, Device } from "../tensor/index.ts";
import type { TrainConfig } from "./config.ts";
import type { Evaluation } from "./evaluation.ts";
import type { Thaw } from "./freezing.ts";
import type { LossFunction } from "./loss.ts";
import type { LossWords } from "./loss-settings.ts";
import type { OptimizerName, OptimizerSettings } from "./optimizer-settings.ts";
import type { EpochRecord } from "./records.ts";
import type { RunStore } from "./run-store.ts";
import type { ScheduleName, ScheduleSettings } from "./schedule-settings.ts";
import type { TestTimeAugmentation } from "./views.ts";

export interface TrainOptions {
  /** `glyphs`, `glyphs:train=1000,…`, a data set, or one with its own test part. */
  readonly data: string | Dataset | DatasetPair;
  /** A recipe by its name, `finetune`, whose settings hold where nothing else is said; by default the model's own. */
  readonly recipe?: string;
  /** Tests with one part of the training pictures and trains on the others; the data's own test part is left out. */
  readonly fold?: Fold;
  readonly epochs?: number;
  /** In place of epochs: the schedule is fitted to so many minutes from the call on, by the speed of the first steps. */
  readonly minutes?: number;
  readonly batch?: number;
  /** A name, settings, or an optimiser that nothing else uses: `sam(sgd({ lr: 0.1 }))`, `lookahead(adamW())`. */
  readonly optimizer?: OptimizerName | OptimizerSettings | Optimizer;
  /** A name, settings, or a function. */
  readonly schedule?: ScheduleName | ScheduleSettings | Schedule;
  /** Steps of a rising learning rate before the schedule; a share of all when below 1. */
  readonly warmup?: number;
  /** The same in epochs. */
  readonly warmupEpochs?: number;
  /** Wraps the optimiser in Lookahead. */
  readonly lookahead?: boolean | LookaheadOptions;
  /** Wraps it in sharpness-aware minimisation; a number is its ρ. */
  readonly sam?: number | SamOptions;
  /** What weight decay pulls at: "all" parameters, the default, or "weights", which leaves biases and norms alone. */
  readonly decay?: "all" | "weights";
  /** Rates and decay of layers by their names, the first that fits; see also `layerDecay`. */
  readonly groups?: readonly LayerSettings[];
  /** Multiplies the learning rate once for each block between a layer and the head, as timm's `--layer-decay`; 1 by default. */
  readonly layerDecay?: number;
  /** Layers or parameters that are not trained, by their names; a layer stands for all below it, and `*` for anything. */
  readonly freeze?: readonly string[];
  /** Frozen ones that are trained from an epoch on. */
  readonly unfreezeAt?: readonly Thaw[];
  /** Norms that keep their running statistics and use them: frozen ones (true, the default), none, or all of them. */
  readonly freezeBatchNorm?: boolean | "all";
  readonly seed?: number;
  /** Share of the training data held back, 0.1 by default; 0 holds nothing back. */
  readonly validation?: number;
  /** Transforms of the training pictures, in this order; a size that one wants and is not given is the network's. */
  readonly augmentation?: readonly TransformSettings[];
  /** Further ones that the compiled step does itself, on whole batches: `batchTransformNames` tells which there are. */
  readonly batchAugmentation?: readonly TransformSettings[];
  /** α of mixup, which mixes pictures and their labels; 0.2 is usual, 0 the default. */
  readonly mixup?: number;
  /** α of CutMix, 1 is usual, 0 the default; with mixup, each batch has one of both. */
  readonly cutmix?: number;
  /** Draws pictures with replacement: `balanced`, all classes alike, or by a weight for each picture. */
  readonly sampler?: Sampler;
  /** Begins with pictures of this size, which grow in steps from epoch to epoch; for networks that take any. */
  readonly progressiveResize?: number | ProgressiveResize;
  /** Ends the training when so many epochs in a row brought nothing better. */
  readonly patience?: number;
  /** Largest norm of all gradients together, or limits for norm and single values. */
  readonly clip?: number | ClipOptions;
  /** Batches to a step of the optimiser, 1 by default: a batch so many times as large, in the memory of one. */
  readonly accumulate?: number;
  /** Decay of a moving average of the weights, say 0.999, that is validated, tested and saved in their place. */
  readonly ema?: number;
  /** The mean of the weights at the ends of the last epochs is tested and saved in their place; true is the last quarter. */
  readonly swa?: boolean | SwaSettings;
  /** Views of each picture whose outputs the test averages; "none" by default. */
  readonly tta?: TestTimeAugmentation;
  /** A weight for each class, or `balanced`: inverse to how often each occurs. */
  readonly classWeights?: readonly number[] | "balanced";
  readonly labelSmoothing?: number;
  /**
   * A name, settings, several as their sum (`crossEntropy+dice`), or a function; the model's own by default. As a function it is a scalar of the outputs N×K and the labels N, such as
   * `losses.softmaxFocal`, or `(x, y) => losses.bceWithLogits(x, …)`; predictions take x for logits of a softmax.
   * With masks they are N×K×H×W and N×H×W, in which 255 is to be ignored.
   */
  readonly loss?: LossWords | LossFunction;
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

export interface LayerSettings {
  /** As in `freeze`. */
  readonly match: string;
  readonly lrMultiplier?: number;
  readonly weightDecay?: number;
}

/** From the first epoch's size to that of the data, linearly. */
export interface ProgressiveResize {
  /** Of the shorter side. */
  readonly from: number;
  /** Sizes are multiples of it; 32 by default, 4 for pictures below 96 pixels. */
  readonly step?: number;
}

export interface SwaSettings {
  /** The last epoch that is left out; a share of all when below 1; 0.75 by default. */
  readonly start?: number;
  /** A constant learning rate from there on; by default the schedule goes on. */
  readonly lr?: number;
}

export interface TrainCallbacks {
  /** Before the first step. */
  readonly onStart?: (start: TrainStart) => void;
  readonly onProgress?: (progress: TrainProgress) => void;
  /** After validation, with what that gave; "stop" ends the training. */
  readonly onEpoch?: (
    record: EpochRecord,
    timing: EpochTiming,
    validation: Evaluation | undefined,
  ) => unknown;
  /** Something a person should know: an adapted model, a batch too large. */
  readonly onNote?: (note: string) => void;
  readonly onCheckpoint?: (step: number) => void;
}

export interface TrainStart {
  readonly net: AnyModule;
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
