/** The options with all defaults filled in, from the recipe, and checked. */

import type { TransformSettings } from "../augment/settings.ts";
import { ConvkitError } from "../core/error.ts";
import type { AnyModule } from "../nn/module.ts";
import { Optimizer } from "../optim/optimizer.ts";
import type { Schedule } from "../optim/schedule/schedule.ts";
import type { LossFunction, LossName } from "./loss.ts";
import type { LossWords } from "./loss-settings.ts";
import { CUSTOM } from "./model-card.ts";
import { makeOptimizer, type OptimizerSettings } from "./optimizer-settings.ts";
import type { ProgressiveResize, SwaSettings, TrainOptions } from "./options.ts";
import { type Recipe, recipeOf } from "./recipes.ts";
import { makeSchedule, type ScheduleSettings } from "./schedule-settings.ts";
import type { Wrapping } from "./wrapped-optimizer.ts";

/** What not every run uses; undefined where this one does not. */
export interface Extras
  extends Pick<
    TrainOptions,
    | "fold"
    | "recipe"
    | "minutes"
    | "lookahead"
    | "sam"
    | "batchAugmentation"
    | "mixup"
    | "cutmix"
    | "sampler"
    | "decay"
    | "groups"
    | "layerDecay"
    | "freeze"
    | "unfreezeAt"
    | "freezeBatchNorm"
    | "tta"
  > {
  readonly progressiveResize?: ProgressiveResize;
  readonly swa?: Required<Pick<SwaSettings, "start">> & SwaSettings;
}

export interface Settled {
  readonly epochs: number;
  readonly batch: number;
  readonly optimizer: Optimizer;
  /** As config.json keeps it. */
  readonly optimizerSettings: Readonly<Record<string, unknown>>;
  readonly schedule: Schedule;
  readonly scheduleSettings: string | ScheduleSettings;
  readonly warmup: number;
  readonly seed: number;
  readonly validation: number;
  readonly augmentation: readonly TransformSettings[];
  readonly patience: number | undefined;
  readonly clip: TrainOptions["clip"];
  readonly accumulate: number;
  readonly ema: number | undefined;
  readonly labelSmoothing: number;
  readonly loss: LossName | LossFunction;
  readonly lossSettings: LossWords;
  readonly checkpointSeconds: number;
  readonly extras: Extras;
}

/** What the settings depend on; the parameters of `net` are in being. */
export interface SettleFor {
  readonly name: string | undefined;
  readonly loss: LossName;
  /** Of the pictures: they decide whether the augmentation of the model's own recipe is for them. */
  readonly channels: number;
  readonly net: AnyModule;
  /** Classes of whole pictures by default. */
  readonly task?: "segmentation";
}

/** `recorded` are the settings of a run to go on with, which take the recipe's place. */
export async function settle(
  options: Omit<TrainOptions, "onProgress" | "data">,
  model: SettleFor,
  recorded?: Partial<TrainOptions>,
): Promise<Settled> {
  const { optimizer: own, schedule: usual, ...rest } = await recipeFor(options, model);
  const base: Partial<TrainOptions> = { optimizer: own, schedule: usual, ...(recorded ?? rest) };
  const all = { ...base, ...definedOnly(options) };
  const { epochs = 1, batch = 64, seed = 0, validation = 0.1, labelSmoothing = 0 } = all;
  const { patience, clip, accumulate = 1, ema, checkpointSeconds = 60, augmentation = [] } = all;
  whole("epochs", epochs, 1);
  whole("batch", batch, 1);
  whole("seed", seed, 0);
  whole("accumulate", accumulate, 1);
  if (patience !== undefined) whole("patience", patience, 1);
  if (!(validation >= 0 && validation < 1)) refuse("validation", validation, "0 to below 1");
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
    refuse("label smoothing", labelSmoothing, "0 to 1");
  }
  for (const limit of typeof clip === "object" ? Object.values(clip) : [clip]) {
    if (limit !== undefined && !(limit > 0)) refuse("clip", limit, "a number above 0");
  }
  if (ema !== undefined && !(ema >= 0 && ema < 1)) refuse("ema", ema, "a decay from 0 to below 1");
  if (!(checkpointSeconds >= 0)) refuse("checkpoint seconds", checkpointSeconds, "0 or more");
  const { schedule = "cosine", loss = model.loss } = all;
  const warmup = options.warmup ?? warmupShare(all.warmupEpochs, epochs) ?? all.warmup ?? 0;
  if (options.minutes !== undefined && options.epochs !== undefined) {
    refuse("epochs", `${epochs} and minutes ${options.minutes}`, "one of the two");
  }
  const plain = await settleOptimizer(options.optimizer, base.optimizer);
  return {
    epochs,
    batch,
    optimizer: isWrapped(all)
      ? (await import("./wrapped-optimizer.ts")).wrappedOptimizer(plain, model.net, all)
      : plain,
    optimizerSettings: {
      ...{ name: plain.name, ...plain.options },
      ...(accumulate > 1 && { accumulate }),
    },
    schedule: await makeSchedule(schedule, warmup),
    scheduleSettings: typeof schedule === "function" ? CUSTOM : schedule,
    warmup,
    seed,
    validation,
    augmentation,
    patience,
    clip,
    accumulate,
    ema,
    labelSmoothing,
    loss: await lossOf(loss),
    lossSettings: typeof loss === "function" ? CUSTOM : loss,
    checkpointSeconds,
    extras: extrasOf(all),
  };
}

function warmupShare(warmupEpochs: number | undefined, epochs: number): number | undefined {
  if (warmupEpochs !== undefined && !(warmupEpochs >= 0 && warmupEpochs < epochs)) {
    refuse("warm-up", `${warmupEpochs} of ${epochs} epochs`, "fewer epochs than there are");
  }
  return warmupEpochs === undefined ? undefined : warmupEpochs / epochs;
}

/** The recipe of this name, for so many minutes, or that of the model. */
export async function recipeFor(
  { recipe: name, minutes }: Pick<TrainOptions, "recipe" | "minutes">,
  model: Pick<SettleFor, "name" | "channels" | "task">,
): Promise<Recipe> {
  if (name !== undefined) return (await import("./named-recipes.ts")).namedRecipe(name, minutes);
  const recipe = recipeOf(model.name, model.task);
  const isLeft = model.channels !== 3 && model.task !== "segmentation";
  return isLeft ? { ...recipe, augmentation: [] } : recipe;
}

async function lossOf(loss: NonNullable<TrainOptions["loss"]>): Promise<LossName | LossFunction> {
  if (typeof loss === "function" || loss === "crossEntropy" || loss === "squaredError") return loss;
  return (await import("./loss-settings.ts")).makeLoss(loss);
}

/** Options of the recipe's optimiser go with no other. */
async function settleOptimizer(
  given: TrainOptions["optimizer"],
  recipe: TrainOptions["optimizer"],
): Promise<Optimizer> {
  if (given instanceof Optimizer) return given;
  if (given === undefined && recipe instanceof Optimizer) return recipe;
  const [own, said] = [settingsOf(recipe), settingsOf(given)];
  const isSame = said.name === undefined || said.name.toLowerCase() === own.name?.toLowerCase();
  return makeOptimizer({ ...(isSame && own), ...said } as OptimizerSettings);
}

function settingsOf(given: TrainOptions["optimizer"]): Partial<OptimizerSettings> {
  if (given === undefined || given instanceof Optimizer) return {};
  return typeof given === "string" ? { name: given } : definedOnly(given);
}

const isWrapped = ({ accumulate = 1, decay = "all", groups, layerDecay = 1, ...all }: Wrapping) =>
  accumulate > 1 ||
  decay !== "all" ||
  groups !== undefined ||
  layerDecay !== 1 ||
  Boolean(all.lookahead) ||
  all.sam !== undefined;

function extrasOf(all: Partial<TrainOptions>): Extras {
  const { fold, recipe, minutes, mixup, cutmix, sampler, freeze, unfreezeAt, freezeBatchNorm } =
    all;
  const { decay, groups, layerDecay, lookahead, sam, tta, progressiveResize: from, swa } = all;
  return {
    ...{ fold, recipe, minutes, sampler, groups, unfreezeAt, sam },
    lookahead: lookahead || undefined,
    freeze: freeze?.length ? freeze : undefined,
    batchAugmentation: all.batchAugmentation?.length ? all.batchAugmentation : undefined,
    mixup: mixup || undefined,
    cutmix: cutmix || undefined,
    decay: decay === "weights" ? decay : undefined,
    layerDecay: layerDecay === 1 ? undefined : layerDecay,
    freezeBatchNorm: freezeBatchNorm === true ? undefined : freezeBatchNorm,
    tta: tta === "none" ? undefined : tta,
    progressiveResize: typeof from === "number" ? { from } : from,
    swa: swa ? { start: 0.75, ...(swa === true ? {} : swa) } : undefined,
  };
}

export const definedOnly = <T extends object>(options: T): Partial<T> =>
  Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as Partial<T>;

function whole(what: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  refuse(what, value, `a whole number from ${least}`);
}

function refuse(what: string, value: unknown, wanted: string): never {
  throw new ConvkitError("train", `${what} is ${value} — give ${wanted}`);
}
