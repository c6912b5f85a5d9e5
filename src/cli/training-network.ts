/** The network that `train` and `lr-find` work on: made for the data, or opened with its own way of preparing pictures. */
import { ConvkitError } from "../core/error.ts";
import { type Dataset, type DatasetPair, isSegmented, isStored } from "../data/index.ts";
import { countChannels } from "../image/representation/names.ts";
import { createModel, loadArchitecture, modelNames } from "../models/index.ts";
import type { NamedNetwork } from "../train/made-network.ts";
import { type NamedRecipe, namedRecipe, type RecipeName } from "../train/named-recipes.ts";
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
  readonly resume?: boolean;
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
  /** The name of the recipe that was asked for, or the usual one of these pictures; the model's own where there is none. */
  readonly recipe?: string;
}

const isOfTheZoo = (model: string): boolean => (modelNames as readonly string[]).includes(model);

/** Opens the data, in the size and the channels of a model that has its own, and the network for its classes. */
export async function openForTraining(
  data: string,
  flags: TrainingFlags,
  output: Output,
): Promise<TrainingNetwork> {
  const asked = flags.recipe === undefined ? undefined : namedRecipe(flags.recipe, flags.minutes);
  const { model: named = asked?.model, seed } = flags;
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
  const size = file ? (own as [number, number]) : await sizeOf(flags, asked);
  const isTrained = file !== undefined || flags.weights !== undefined;
  const how = {
    ...{ seed, size, cropPct: file?.preprocessing?.cropPct, skipBroken: flags.skipBroken },
    ...(file ? { channels, representation } : shownChannels(flags.channels)),
  };
  const pair = await openNamedData(data, how, output);
  const { shape, classes } = pair.train;
  const usual = shape[0] === 1 ? "lenet5" : "resnet20";
  const model = named ?? (isSegmented(pair.train) ? "unet_s" : usual);
  const recipe = flags.recipe ?? usualRecipe(pair.train, named, { isTrained });
  if (recipe === "photos" && !flags.resume) {
    output.remark(
      "Note: this network begins without having learnt anything, and a few hundred photographs teach it little — begin with a " +
        "trained one: --model resnet18 --weights resnet18.pth --freeze body",
    );
  }
  const isPlain = isOfTheZoo(model) && flags.weights === undefined && flags.stem === undefined;
  if (isPlain) {
    const { net } = await asUsage(() =>
      createModel(model, { inputShape: shape, classes: classes.length }),
    );
    return { pair, model, network: model, net, recipe };
  }
  // A last layer for other classes is a fresh one; the same number keeps its own.
  const isOther = file?.classes !== classes.length;
  const network = await openModel(model, flags, {
    ...(isOfTheZoo(model) && { inputShape: shape }),
    ...(isOther && { classes: classes.length }),
    logits: true,
    seed,
  });
  return { pair, model, network, net: network.net, recipe };
}

/** How photographs are learnt where nobody says: with weights that were trained, or by the network that is taken for them. */
function usualRecipe(
  pictures: Dataset,
  model: string | undefined,
  { isTrained }: { readonly isTrained: boolean },
): RecipeName | undefined {
  if (!isStored(pictures) || isSegmented(pictures) || pictures.shape[0] !== 3) return undefined;
  if (isTrained) return "finetune";
  return model === undefined ? "photos" : undefined;
}

/** What people say that a network of the zoo is shown. */
function shownChannels(
  said: PictureFlags["channels"],
): Pick<NamedDataOptions, "channels" | "representation"> {
  if (said === undefined) return {};
  if (typeof said === "string") return { channels: said === "grey" ? 1 : 3 };
  return { channels: countChannels(said), representation: said };
}

/** Of pictures in files: as was said, as the recipe has it, or as the weights' network was designed for. */
async function sizeOf(
  { size, progressiveResize, model, weights }: TrainingFlags,
  recipe: NamedRecipe | undefined,
): Promise<[number, number] | undefined> {
  const side = progressiveResize?.[1] ?? recipe?.size;
  if (size && progressiveResize && Math.min(...size) !== side) {
    throw new UsageError(
      "train",
      `pictures grow to ${side}, their size is ${size.join("x")} — give both the same end, or one of them`,
    );
  }
  if (size || side !== undefined) return size ?? [side as number, side as number];
  if (weights === undefined || model === undefined) return undefined;
  const { infos } = await loadArchitecture(model);
  const info = infos.find(({ name }) => name === model);
  // Those that segment take any size.
  return info && info.task !== "segmentation"
    ? [info.inputShape[1], info.inputShape[2]]
    : undefined;
}
