/** The options with all defaults filled in, from the model's recipe, and checked. */

import type { TransformSettings } from "../augment/settings.ts";
import { ConvkitError } from "../core/error.ts";
import { countClasses, type Dataset } from "../data/index.ts";
import { Optimizer } from "../optim/optimizer.ts";
import type { Schedule } from "../optim/schedule/schedule.ts";
import type { LossFunction, LossName } from "./loss.ts";
import { CUSTOM } from "./model-card.ts";
import { makeOptimizer, type OptimizerSettings } from "./optimizer-settings.ts";
import type { TrainOptions } from "./options.ts";
import { type Recipe, recipeOf } from "./recipes.ts";
import { makeSchedule, type ScheduleSettings } from "./schedule-settings.ts";

export interface Settled {
  readonly epochs: number;
  readonly batch: number;
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
  /** As config.json keeps it. */
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
  readonly checkpointSeconds: number;
}

/** `channels` of the pictures decide whether the recipe's augmentation is for them. */
export async function settle(
  options: Omit<TrainOptions, "onProgress">,
  model: { readonly name: string | undefined; readonly loss: LossName; readonly channels: number },
): Promise<Settled> {
  const recipe = recipeOf(model.name);
  const { seed = 0, validation = 0.1, warmup = 0, labelSmoothing = 0 } = options;
  const { epochs = recipe.epochs, batch = recipe.batch, checkpointSeconds = 60 } = options;
  const { patience, clip, accumulate = 1, ema, loss = model.loss } = options;
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
  if (typeof loss !== "function" && loss !== "crossEntropy" && loss !== "squaredError") {
    refuse("loss", loss, "crossEntropy, squaredError, or a function of outputs and labels");
  }
  if (!(checkpointSeconds >= 0)) refuse("checkpoint seconds", checkpointSeconds, "0 or more");
  const { schedule = recipe.schedule } = options;
  return {
    epochs,
    batch,
    optimizer: await gathering(await settleOptimizer(options.optimizer, recipe), accumulate),
    schedule: await makeSchedule(schedule, warmup),
    scheduleSettings: typeof schedule === "function" ? CUSTOM : schedule,
    warmup,
    seed,
    validation,
    augmentation: options.augmentation ?? (model.channels === 3 ? recipe.augmentation : []) ?? [],
    patience,
    clip,
    accumulate,
    ema,
    labelSmoothing,
    loss,
    checkpointSeconds,
  };
}

/** The recipe's settings go with its own optimiser only. */
async function settleOptimizer(
  given: TrainOptions["optimizer"],
  recipe: Recipe,
): Promise<Optimizer> {
  if (given instanceof Optimizer) return given;
  const settings = typeof given === "string" ? { name: given } : given;
  if (settings === undefined) return makeOptimizer(recipe.optimizer);
  const own = settings.name === recipe.optimizer.name ? recipe.optimizer : {};
  const said = Object.entries(settings).filter(([, value]) => value !== undefined);
  return makeOptimizer({ ...own, ...(Object.fromEntries(said) as unknown as OptimizerSettings) });
}

async function gathering(optimizer: Optimizer, runs: number): Promise<Optimizer> {
  if (runs === 1) return optimizer;
  return (await import("../optim/accumulate.ts")).accumulate(optimizer, runs);
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
