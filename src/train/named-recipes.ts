/** Ways of training under names of their own, whatever the model: `--recipe finetune`. Everything in them may be said otherwise. */
import type { ModelName } from "../models/index.ts";
import { findName } from "../nn/named-settings.ts";
import { type Recipe, recipeOf } from "./recipes.ts";

export interface NamedRecipe extends Recipe {
  /** What it is for, in a line. */
  readonly summary: string;
  /** Where its numbers are from. */
  readonly source: string;
  /** Trained where no model is named. */
  readonly model: ModelName;
  /** What holds in its place from so many minutes on. */
  readonly longer?: Partial<Recipe> & { readonly minutes: number; readonly model: ModelName };
  /** Height and width of pictures from a folder, where none is named and the model has none of its own. */
  readonly size?: number;
}

const recipes = {
  lenet: {
    summary: "digits and other small grey pictures, in minutes",
    source: "LeCun et al. 1998, Proc. IEEE 86(11), the network; AdamW for its second-order rates",
    model: "lenet5",
    ...recipeOf("lenet5"),
  },
  mnist: {
    summary: "digits, 28x28, in two minutes",
    source: "as cifar; digits are moved, not mirrored",
    model: "airbench_xs",
    ...recipeOf("airbench_xs"),
    epochs: 7,
    validation: 0,
    labelSmoothing: 0.1,
    augmentation: [{ name: "randomCrop", padding: 2 }],
  },
  "fashion-mnist": {
    summary: "small grey photographs of things, in ten minutes",
    source: "as cifar; random erasing: Zhong et al. 2017, arXiv:1708.04896",
    model: "airbench_s",
    ...recipeOf("airbench_s"),
    epochs: 10,
    validation: 0,
    labelSmoothing: 0.1,
    augmentation: [
      { name: "randomHorizontalFlip", alternating: true },
      { name: "randomCrop", padding: 2 },
      { name: "randomErasing", p: 0.25 },
    ],
    tta: "flip",
  },
  cifar: {
    summary: "small colour pictures, 32x32, in as many minutes as you give it",
    source:
      "Jordan 2024, arXiv:2404.00498: whitened patches, identities to begin with, flips in turns, smoothed labels, six views in the test; " +
      "Muon in place of SGD and Lookahead as in its later versions; smaller pictures at first: Tan and Le 2021, arXiv:2104.00298, section 4.2",
    model: "airbench_s",
    ...recipeOf("airbench_s"),
    validation: 0,
    progressiveResize: { from: 24, step: 8 },
    tta: "flip-shift",
    longer: {
      ...{ minutes: 15, model: "airbench_l" },
      optimizer: { ...recipeOf("airbench_l").optimizer, lr: 0.07 },
    },
  },
  photos: {
    summary: "photographs of your own, from initial values; the default for files without --model",
    source:
      "parts of pictures and their mirror images: Szegedy et al. 2014, arXiv:1409.4842, section 6; smoothed labels: Szegedy et al. 2015, " +
      "arXiv:1512.00567; rate and batch as they served a hundred photographs here",
    model: "resnet20",
    epochs: 30,
    batch: 16,
    optimizer: { name: "adamw", lr: 2e-3, weightDecay: 0.05 },
    schedule: "one-cycle",
    labelSmoothing: 0.1,
    augmentation: [
      { name: "randomResizedCrop", scale: [0.35, 1] },
      { name: "randomHorizontalFlip" },
    ],
  },
  finetune: {
    summary: "a trained network on a few hundred to thousand photographs of your own",
    source:
      "rates that fall with depth: Howard and Ruder 2018, arXiv:1801.06146, section 3.1, by the factor of He et al. 2021, arXiv:2111.06377, " +
      "table 9; one cycle as fastai's fit_one_cycle, parts of 0.35 and more and smoothed labels as its Imagenette example; " +
      "decay of weights alone: He et al. 2018, arXiv:1812.01187, section 3.1",
    model: "resnet18",
    size: 224,
    epochs: 10,
    batch: 32,
    optimizer: { name: "adamw", lr: 1e-3, weightDecay: 0.01 },
    schedule: { name: "one-cycle", rise: 0.25 },
    decay: "weights",
    layerDecay: 0.75,
    labelSmoothing: 0.1,
    augmentation: [
      { name: "randomResizedCrop", scale: [0.35, 1] },
      { name: "randomHorizontalFlip" },
    ],
  },
  imagenet: {
    summary: "photographs by the ten thousand, from initial values",
    source:
      "torchvision's references/classification for ResNet: 90 epochs, rate 0.1 divided by 10 every 30, weight decay 1e-4, 8 GPUs of " +
      "32 pictures, which are 8 batches to a step here",
    model: "resnet18",
    size: 224,
    epochs: 90,
    batch: 32,
    accumulate: 8,
    optimizer: { name: "sgd", lr: 0.1, momentum: 0.9, weightDecay: 1e-4 },
    schedule: { name: "multi-step", milestones: [1 / 3, 2 / 3], gamma: 0.1 },
    augmentation: [{ name: "randomResizedCrop" }, { name: "randomHorizontalFlip" }],
  },
} as const satisfies Readonly<Record<string, NamedRecipe>>;

export type RecipeName = keyof typeof recipes;

/** Every word that stands for a recipe. */
export const recipeNames = /* @__PURE__ */ Object.freeze(Object.keys(recipes) as RecipeName[]);

/** Throws for a name that stands for none. With more time another model may do better. */
export function namedRecipe(name: string, minutes = 0): NamedRecipe {
  const recipe: NamedRecipe = recipes[findName("recipe", name, recipeNames)];
  if (recipe.longer === undefined) return recipe;
  const { minutes: least, ...longer } = recipe.longer;
  return minutes >= least ? { ...recipe, ...longer } : recipe;
}
