/** What `train` is told, and what becomes of it: defaults filled in, checked, and as the plain data of config.json. */
import { ConvkitError } from "../core/error.ts";
import { formatShape } from "../core/shape.ts";
import { type Augmentation, countClasses, type Dataset, type DatasetPair } from "../data/index.ts";
import { Optimizer, type Schedule } from "../optim/index.ts";
import type { BackendName, Device } from "../tensor/index.ts";
import type { LossFunction, LossName } from "./loss.ts";
import { CUSTOM } from "./model-file.ts";
import { type Recipe, recipeOf } from "./recipes.ts";
import type { EpochRecord } from "./records.ts";
import type { RunStore } from "./run-store.ts";
import {
  makeOptimizer,
  makeSchedule,
  type OptimizerName,
  type OptimizerSettings,
  type ScheduleName,
} from "./settings.ts";

export interface TrainOptions {
  /** `glyphs`, `glyphs:train=1000,…`, a data set, or one with its own test part. */
  readonly data: string | Dataset | DatasetPair;
  readonly epochs?: number;
  readonly batch?: number;
  /** A name, settings, or an optimiser that nothing else uses. */
  readonly optimizer?: OptimizerName | OptimizerSettings | Optimizer;
  readonly schedule?: ScheduleName | Schedule;
  /** Steps of a rising learning rate before the schedule; a share of all steps when below 1. */
  readonly warmup?: number;
  readonly seed?: number;
  /** Share of the training data held back, 0.1 by default; 0 holds nothing back. */
  readonly validation?: number;
  readonly augmentation?: Augmentation;
  /** Ends the training when so many epochs in a row brought nothing better. */
  readonly patience?: number;
  /** Largest norm of all gradients together. */
  readonly clip?: number;
  /** A weight for each class, or `balanced`: inverse to how often each occurs. */
  readonly classWeights?: readonly number[] | "balanced";
  readonly labelSmoothing?: number;
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

/** config.json: what makes a run what it is, and nothing of when, where or on what. */
export interface TrainConfig {
  readonly model: string;
  readonly parameters: number;
  readonly inputShape: readonly number[];
  readonly classes: readonly string[];
  readonly data: {
    readonly name: string;
    readonly train: number;
    readonly validation: number;
    readonly test: number;
    /** Of pictures and labels: a run resumes on the same data only. */
    readonly fingerprint: string;
  };
  readonly epochs: number;
  readonly batch: number;
  readonly optimizer: Readonly<Record<string, unknown>>;
  readonly schedule: string;
  readonly warmup: number;
  readonly seed: number;
  readonly validation: number;
  readonly augmentation: Augmentation;
  readonly patience: number | null;
  readonly clip: number | null;
  readonly classWeights: readonly number[] | null;
  readonly labelSmoothing: number;
  readonly loss: string;
}

/** The options with all defaults filled in. */
export interface Settled {
  readonly epochs: number;
  readonly batch: number;
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
  readonly scheduleName: string;
  readonly warmup: number;
  readonly seed: number;
  readonly validation: number;
  readonly augmentation: Augmentation;
  readonly patience: number | undefined;
  readonly clip: number | undefined;
  readonly labelSmoothing: number;
  readonly loss: LossName | LossFunction;
  readonly checkpointSeconds: number;
}

/** `channels` of the pictures decide whether the recipe's augmentation is for them. */
export function settle(
  options: TrainOptions,
  model: { readonly name: string | undefined; readonly loss: LossName; readonly channels: number },
): Settled {
  const recipe = recipeOf(model.name);
  const { seed = 0, validation = 0.1, warmup = 0, labelSmoothing = 0 } = options;
  const { epochs = recipe.epochs, batch = recipe.batch, checkpointSeconds = 60 } = options;
  const { patience, clip } = options;
  whole("epochs", epochs, 1);
  whole("batch", batch, 1);
  whole("seed", seed, 0);
  if (patience !== undefined) whole("patience", patience, 1);
  if (!(validation >= 0 && validation < 1)) refuse("validation", validation, "0 to below 1");
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
    refuse("label smoothing", labelSmoothing, "0 to 1");
  }
  if (clip !== undefined && !(clip > 0)) refuse("clip", clip, "a number above 0");
  if (!(checkpointSeconds >= 0)) refuse("checkpoint seconds", checkpointSeconds, "0 or more");
  const { schedule = recipe.schedule } = options;
  return {
    epochs,
    batch,
    optimizer: settleOptimizer(options.optimizer, recipe),
    schedule: makeSchedule(schedule, warmup),
    scheduleName: typeof schedule === "string" ? schedule : CUSTOM,
    warmup,
    seed,
    validation,
    augmentation: options.augmentation ?? (model.channels === 3 ? recipe.augmentation : {}) ?? {},
    patience,
    clip,
    labelSmoothing,
    loss: options.loss ?? model.loss,
    checkpointSeconds,
  };
}

/** The recipe's settings go with its own optimiser only. */
function settleOptimizer(given: TrainOptions["optimizer"], recipe: Recipe): Optimizer {
  if (given instanceof Optimizer) return given;
  const settings = typeof given === "string" ? { name: given } : given;
  if (settings === undefined) return makeOptimizer(recipe.optimizer);
  const own = settings.name === recipe.optimizer.name ? recipe.optimizer : {};
  const said = Object.entries(settings).filter(([, value]) => value !== undefined);
  return makeOptimizer({ ...own, ...(Object.fromEntries(said) as unknown as OptimizerSettings) });
}

function whole(what: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  refuse(what, value, `a whole number from ${least}`);
}

function refuse(what: string, value: unknown, wanted: string): never {
  throw new ConvkitError("train", `${what} is ${value} — give ${wanted}`);
}

/** N/(K·nₖ), so that every class weighs the same in all (scikit-learn's `balanced`). */
export function classWeightsOf(
  given: TrainOptions["classWeights"],
  dataset: Dataset,
): readonly number[] | undefined {
  const classes = dataset.classes.length;
  if (given === "balanced") {
    return countClasses(dataset).map((count) =>
      count === 0 ? 1 : dataset.length / (classes * count),
    );
  }
  if (given && given.length !== classes) {
    throw new ConvkitError(
      "train",
      `${given.length} class weights for ${classes} classes — give one to each, or "balanced"`,
    );
  }
  if (given?.some((weight) => !(weight >= 0 && Number.isFinite(weight)))) {
    refuse("a class weight", given.join(","), "numbers from 0");
  }
  return given;
}

export function configOf(
  settled: Settled,
  model: { readonly name: string | undefined; readonly parameters: number },
  data: {
    readonly train: Dataset;
    readonly validation: Dataset | undefined;
    readonly pair: DatasetPair;
  },
  classWeights: readonly number[] | undefined,
): TrainConfig {
  const { optimizer, loss } = settled;
  const { pair } = data;
  return {
    model: model.name ?? CUSTOM,
    parameters: model.parameters,
    inputShape: pair.train.shape,
    classes: pair.train.classes,
    data: {
      name: pair.train.name,
      train: data.train.length,
      validation: data.validation?.length ?? 0,
      test: pair.test.length,
      fingerprint: fingerprint(pair),
    },
    epochs: settled.epochs,
    batch: settled.batch,
    optimizer: { name: optimizer.name, ...optimizer.options },
    schedule: settled.scheduleName,
    warmup: settled.warmup,
    seed: settled.seed,
    validation: settled.validation,
    augmentation: settled.augmentation,
    patience: settled.patience ?? null,
    clip: settled.clip ?? null,
    classWeights: classWeights ?? null,
    labelSmoothing: settled.labelSmoothing,
    loss: typeof loss === "string" ? loss : CUSTOM,
  };
}

/** FNV-1a (Fowler, Noll, Vo 1991) over pictures and labels, as 8 hexadecimal digits. */
function fingerprint({ train, validation, test }: DatasetPair): string {
  let hash = 0x811c9dc5;
  for (const part of [train, validation, test]) {
    if (!part) continue;
    for (const values of [part.images, part.labels]) {
      for (let i = 0; i < values.length; i++) hash = Math.imul(hash ^ values[i], 0x01000193);
    }
  }
  return (hash >>> 0).toString(16).padStart(8, "0");
}

/** Says which setting of a run that is to go on differs from what it was begun with. */
export function refuseChange(then: string, now: TrainConfig): void {
  const before = JSON.parse(then) as Record<string, unknown>;
  const after = JSON.parse(JSON.stringify(now)) as Record<string, unknown>;
  for (const [key, value] of Object.entries(after)) {
    const [old, fresh] = [JSON.stringify(before[key]), JSON.stringify(value)];
    if (old === fresh) continue;
    throw new ConvkitError(
      "resume",
      `the run was begun with ${key} ${old}, now it is ${fresh} — resume with the settings it was ` +
        "begun with, or train anew under another name",
    );
  }
}

/** Pictures of one shape and the same classes on both sides. */
export function checkPair({ train, validation, test }: DatasetPair): void {
  for (const part of [test, validation]) {
    if (!part) continue;
    if (String(part.shape) !== String(train.shape)) {
      throw new ConvkitError(
        "data",
        `${train.name}: pictures of ${formatShape(train.shape)} to train on and of ` +
          `${formatShape(part.shape)} to test with — give both parts one shape`,
      );
    }
    if (String(part.classes) !== String(train.classes)) {
      throw new ConvkitError(
        "data",
        `${train.name}: the parts have different classes — give both the same list`,
      );
    }
  }
  for (const part of [train, validation, test]) {
    const bad = part?.labels.findIndex((label) => !(label >= 0 && label < train.classes.length));
    if (part && bad !== undefined && bad >= 0) {
      throw new ConvkitError(
        "data",
        `${part.name}: label ${part.labels[bad]} of picture ${bad} is out of range, there are ` +
          `${train.classes.length} classes — correct the labels`,
      );
    }
  }
}
