/** The flags of `train` that say how: recipe, time, optimiser, schedule, loss, augmentation, frozen layers, averages, views. */
import { type Command, InvalidArgumentError } from "commander";
import { batchTransformNames } from "../augment/batch/make-batch-transforms.ts";
import { ConvkitError } from "../core/error.ts";
import type { Fold } from "../data/index.ts";
import { scheduleNames, type TrainOptions } from "../train/index.ts";
import { type LossByName, lossNames } from "../train/loss-settings.ts";
import { recipeNames } from "../train/named-recipes.ts";
import { type TestTimeAugmentation, testTimeAugmentations } from "../train/views.ts";
import { aboveZero, atLeastZero, classWeights, names, oneOf, share, whole } from "./arguments.ts";
import { addOptimizerFlags, type OptimizerFlags } from "./optimizer-flags.ts";
import { optionGroups } from "./option-groups.ts";
import { parseNamed } from "./schedule-words.ts";

export interface RecipeFlags extends OptimizerFlags {
  readonly epochs?: number;
  readonly batch?: number;
  readonly lr?: number;
  readonly schedule?: string;
  readonly warmup?: number;
  readonly patience?: number;
  readonly clip?: number;
  readonly accumulate?: number;
  readonly labelSmoothing?: number;
  readonly classWeights?: "balanced" | number[];
  readonly augment?: string;
  readonly augmentBatch?: string;
  readonly ema?: number;
  readonly recipe?: string;
  readonly minutes?: number;
  readonly fold?: Fold;
  readonly warmupEpochs?: number;
  readonly decay?: "all" | "weights";
  readonly layerDecay?: number;
  readonly lookahead?: boolean;
  readonly sam?: number;
  readonly freeze?: string[];
  readonly unfreezeAt?: string;
  readonly freezeBn?: "frozen" | "none" | "all";
  readonly mixup?: number;
  readonly cutmix?: number;
  readonly sampler?: "balanced";
  /** First size and last. */
  readonly progressiveResize?: [number, number];
  readonly swa?: boolean | number;
  readonly loss?: string;
  readonly tta?: TestTimeAugmentation;
}

/** By group, in the order of --help. */
export function addRecipeFlags(command: Command): void {
  command
    .optionsGroup(optionGroups.recipe)
    .option(
      "--recipe <name>",
      `${recipeNames.join(", ")}: settings where you say nothing else (default: by data and model)`,
    )
    .option("--epochs <n>", "passes over the training data", whole(1))
    .option("--minutes <m>", "in place of epochs: fit the schedule to this time", aboveZero)
    .option("--batch <n>", "pictures to a step", whole(1))
    .option("--accumulate <n>", "batches to a step (default: 1)", whole(1))
    .option("--patience <n>", "stop after so many epochs without a better one", whole(1))
    .option("--lr <rate>", "learning rate; convkit lr-find suggests one", atLeastZero)
    .option("--schedule <name>", `of the learning rate: ${scheduleNames.join(", ")}`)
    .option(
      "--warmup <steps>",
      "steps of a rising learning rate; below 1 a share of all",
      atLeastZero,
    )
    .option("--warmup-epochs <n>", "the same in epochs", atLeastZero);
  addOptimizerFlags(command)
    .option(
      "--decay <what>",
      "what weight decay pulls at: all (default), or weights, not biases and norms",
      oneOf("all", "weights"),
    )
    .option("--clip <norm>", "largest norm of all gradients together", aboveZero)
    .option("--lookahead", "slow weights that follow the optimizer's by half every 5 steps")
    .option("--sam <rho>", "sharpness-aware minimisation, such as 0.05", aboveZero)
    .option(
      "--loss <name>",
      `${lossNames.slice(0, 6).join(", ")} …; settings as for schedules, several joined by +`,
    )
    .option("--label-smoothing <s>", "share of the label given to all classes", share)
    .option("--class-weights <list>", "balanced, or a number for each class", classWeights);
  command
    .optionsGroup(optionGroups.augmentation)
    .option(
      "--augment <list>",
      "transforms of training pictures, joined by +: flip,shift=4 or randomResizedCrop+flip+colorJitter:brightness=0.4; or none",
    )
    .option(
      "--augment-batch <list>",
      `transforms that the compiled step does on whole batches: ${batchTransformNames.join(", ")}`,
    )
    .option("--mixup <alpha>", "mix pictures and their labels, such as 0.2", atLeastZero)
    .option("--cutmix <alpha>", "set parts of pictures into others, such as 1", atLeastZero)
    .option(
      "--progressive-resize <from:to>",
      "let pictures grow from one size to the other, such as 128:224",
      growth,
    );
  command
    .optionsGroup(optionGroups.transfer)
    .option(
      "--freeze <layers>",
      "that are not trained: conv1,layer1; or body, all but the head",
      names,
    )
    .option("--unfreeze-at <list>", "epochs from which they are: 3:layer4,5:layer3+layer2")
    .option(
      "--freeze-bn <which>",
      "norms that keep their statistics: frozen (default), none or all",
      oneOf("frozen", "none", "all"),
    )
    .option(
      "--layer-decay <d>",
      "learning rate times d for each block below the head, such as 0.75",
      aboveZero,
    );
  command
    .optionsGroup(optionGroups.averages)
    .option("--ema <decay>", "average the weights, and test and save the average", share)
    .option(
      "--swa [start]",
      "average the weights of the epochs after this one or share (default: 0.75)",
      atLeastZero,
    )
    .option(
      "--tta <views>",
      "average the test over views: flip, flip-shift or ten-crop",
      oneOf(...testTimeAugmentations),
    );
}

/** What they say, as options of `train`. */
export function recipeOptions(flags: RecipeFlags): Partial<TrainOptions> {
  const { recipe, minutes, warmupEpochs, decay, layerDecay, lookahead, sam } = flags;
  const { freeze, unfreezeAt, freezeBn, mixup, cutmix, sampler, progressiveResize, tta } = flags;
  const { swa, loss, fold } = flags;
  return {
    ...{ fold, recipe, minutes, warmupEpochs, decay, layerDecay, lookahead, sam },
    ...{ freeze, mixup, cutmix, sampler, tta, progressiveResize: progressiveResize?.[0] },
    ...(unfreezeAt !== undefined && { unfreezeAt: thaws(unfreezeAt) }),
    ...(freezeBn !== undefined && {
      freezeBatchNorm: freezeBn === "all" ? freezeBn : freezeBn === "frozen",
    }),
    ...(swa !== undefined && { swa: typeof swa === "number" ? { start: swa } : swa }),
    ...(loss !== undefined && { loss: lossWords(loss) }),
  };
}

/** `softmaxFocal:gamma=2`, or several joined by +. */
function lossWords(text: string): TrainOptions["loss"] {
  const terms = text.split("+").map(parseNamed) as LossByName[];
  return terms.length === 1 ? terms[0] : terms;
}

/** `3:layer4,5:layer3+layer2` */
function thaws(text: string): NonNullable<TrainOptions["unfreezeAt"]> {
  return text.split(",").map((part) => {
    const [, epoch, layers] = /^(\d+):(.+)$/.exec(part.trim()) ?? [];
    if (layers !== undefined && Number(epoch) > 0) {
      return { epoch: Number(epoch), layers: layers.split("+") };
    }
    throw new ConvkitError(
      "unfreeze-at",
      `"${part}" is no epoch with layers — write 3:layer4,5:layer3+layer2`,
    );
  });
}

/** `2/5` */
export function fold(text: string): Fold {
  const [index, of, ...more] = text.split("/").map(Number);
  const fits = Number.isInteger(index) && Number.isInteger(of) && index >= 1 && of >= 2;
  if (fits && index <= of && more.length === 0) return { index, of };
  throw new InvalidArgumentError("Give a part and how many there are, such as 2/5.");
}

/** `128:224` */
function growth(text: string): [number, number] {
  const [from, to, ...more] = text.split(":").map(Number);
  const fits = Number.isInteger(from) && Number.isInteger(to) && from >= 1 && to > from;
  if (fits && more.length === 0) return [from, to];
  throw new InvalidArgumentError("Give two sizes in pixels, such as 128:224.");
}
