/** The network that `train` and `lr-find` work on: made for the data, or opened with its own way of preparing pictures. */
import { ConvkitError } from "../core/error.ts";
import { type DatasetPair, isSegmented } from "../data/index.ts";
import { countChannels } from "../image/representation/names.ts";
import { createModel, modelNames } from "../models/index.ts";
import type { NamedNetwork } from "../train/made-network.ts";
import { type NamedRecipe, namedRecipe } from "../train/named-recipes.ts";
import { type ModelFlags, openModel, type PictureFlags } from "./model-argument.ts";
import { type DataFlags, type NamedDataOptions, openNamedData } from "./open-data.ts";
import type { Output } from "./output.ts";
import { asUsage, UsageError } from "./usage.ts";

export interface TrainingFlags
  extends Omit<ModelFlags, "input" | "numClasses" | "classes">,
    PictureFlags,
    DataFlags {
  readonly model?: string;
  readonly size?: [number, number];
  readonly seed: number;
  readonly recipe?: string;
  readonly minutes?: number;
  /** Sizes of the pictures at first and in the end. */
  readonly progressiveResize?: [number, number];
}

export interface TrainingNetwork {
  readonly pair: DatasetPair;
  /** What the command's `--model` was, or the default. */
  readonly model: string;
  /** The name of a model of the zoo that begins with initial values, or an opened network. */
  readonly network: string | NamedNetwork;
  readonly net: NamedNetwork["net"];
}

const isOfTheZoo = (model: string): boolean => (modelNames as readonly string[]).includes(model);

/** Opens the data, in the size and the channels of a model that has its own, and the network for its classes. */
export async function openForTraining(
  data: string,
  flags: TrainingFlags,
  output: Output,
): Promise<TrainingNetwork> {
  const recipe = flags.recipe === undefined ? undefined : namedRecipe(flags.recipe, flags.minutes);
  const { model: named = recipe?.model, seed } = flags;
  const file = named === undefined || isOfTheZoo(named) ? undefined : await openModel(named, flags);
  if (file && file.inputs.length > 1) {
    const names = file.inputs.map(({ name }) => name).join(", ");
    throw new ConvkitError(
      "model",
      `${named} has several inputs, ${names} — pictures train models of one; compile a step of your own for it`,
    );
  }
  const [channels, ...own] = file?.inputShape ?? [];
  const representation = file?.preprocessing?.representation;
  const size = file ? (own as [number, number]) : sizeOf(flags, recipe);
  const how = {
    ...{ seed, size, cropPct: file?.preprocessing?.cropPct, skipBroken: flags.skipBroken },
    ...(file ? { channels, representation } : shownChannels(flags.channels)),
  };
  const pair = await openNamedData(data, how, output);
  const { shape, classes } = pair.train;
  const usual = shape[0] === 1 ? "lenet5" : "resnet20";
  const model = named ?? (isSegmented(pair.train) ? "unet_s" : usual);
  const isPlain = isOfTheZoo(model) && flags.weights === undefined && flags.stem === undefined;
  if (isPlain) {
    const { net } = await asUsage(() =>
      createModel(model, { inputShape: shape, classes: classes.length }),
    );
    return { pair, model, network: model, net };
  }
  // A last layer for other classes is a fresh one; the same number keeps its own.
  const isOther = file?.classes !== classes.length;
  const network = await openModel(model, flags, {
    ...(isOfTheZoo(model) && { inputShape: shape }),
    ...(isOther && { classes: classes.length }),
    logits: true,
    seed,
  });
  return { pair, model, network, net: network.net };
}

/** What people say that a network of the zoo is shown. */
function shownChannels(
  said: PictureFlags["channels"],
): Pick<NamedDataOptions, "channels" | "representation"> {
  if (said === undefined) return {};
  if (typeof said === "string") return { channels: said === "grey" ? 1 : 3 };
  return { channels: countChannels(said), representation: said };
}

function sizeOf(
  { size, progressiveResize }: TrainingFlags,
  recipe: NamedRecipe | undefined,
): [number, number] | undefined {
  const side = progressiveResize?.[1] ?? recipe?.size;
  if (size && progressiveResize && Math.min(...size) !== side) {
    throw new UsageError(
      "train",
      `pictures grow to ${side}, their size is ${size.join("x")} — give both the same end, or one of them`,
    );
  }
  return size ?? (side === undefined ? undefined : [side, side]);
}
