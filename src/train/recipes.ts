/** How each model is trained when nothing else is said: its paper's or page's way, or what served it well here. */
import type { TransformSettings } from "../augment/settings.ts";
import type { ModelName } from "../models/index.ts";
import type { OptimizerSettings } from "./optimizer-settings.ts";
import type { TrainOptions } from "./options.ts";
import type { ScheduleName, ScheduleSettings } from "./schedule-settings.ts";

/** Options that hold where a person says nothing else: plain data. */
export interface Recipe
  extends Pick<
    TrainOptions,
    | "accumulate"
    | "warmup"
    | "warmupEpochs"
    | "decay"
    | "layerDecay"
    | "freezeBatchNorm"
    | "lookahead"
    | "mixup"
    | "cutmix"
    | "labelSmoothing"
    | "sampler"
    | "clip"
    | "ema"
    | "swa"
    | "tta"
    | "progressiveResize"
    | "validation"
  > {
  readonly epochs: number;
  readonly batch: number;
  readonly optimizer: OptimizerSettings;
  readonly schedule: ScheduleName | ScheduleSettings;
  /** For photographs; in a model's own recipe, digits and drawings are left as they are. */
  readonly augmentation?: readonly TransformSettings[];
}

/** Mirrored every second time, and moved by up to so many pixels each way; what comes in from outside is black. */
const flipAndShift = (padding: number): TransformSettings[] => [
  { name: "randomHorizontalFlip" },
  { name: "randomCrop", padding },
];

/**
 * For airbenches: Muon with the momentum of their later version (Jordan 2024, github.com/KellerJordan/cifar10-airbench,
 * airbench94_muon: rate 0.24, momentum 0.6, three steps of Newton and Schulz, batches of 2,000), over smaller batches at a
 * smaller rate; norms and the classifier go AdamW's way, not SGD's.
 */
const airbench = {
  batch: 256,
  optimizer: {
    ...{ name: "muon", lr: 0.1, weightDecay: 0, momentum: 0.6, nsSteps: 3, normalize: true },
    ...{ adamW: ["head.*"], adamWLr: 0.01, adamWBetas: [0.9, 0.99] },
  },
  schedule: "linear",
  labelSmoothing: 0.2,
  augmentation: [
    { name: "randomHorizontalFlip", alternating: true },
    { name: "randomCrop", padding: 2, paddingMode: "reflect" },
  ],
} as const satisfies Partial<Recipe>;

const recipes: Readonly<Partial<Record<ModelName, Recipe>>> = {
  // Plain mini-batch gradient descent on ½Σ(ŷ − y)², as the note has it.
  zhang: {
    epochs: 20,
    batch: 16,
    optimizer: { name: "sgd", lr: 1 },
    schedule: "constant",
  },
  // One map a layer takes long steps to learn at all.
  lecun1989: {
    epochs: 20,
    batch: 64,
    optimizer: { name: "adamw", lr: 3e-2 },
    schedule: "cosine",
  },
  lenet5: {
    epochs: 5,
    batch: 64,
    optimizer: { name: "adamw", lr: 2e-3 },
    schedule: "cosine",
  },
  // The page's own settings.
  "convnetjs-cifar": {
    epochs: 10,
    batch: 4,
    optimizer: { name: "adadelta", lr: 1, rho: 0.95, weightDecay: 1e-4 },
    schedule: "constant",
    augmentation: flipAndShift(2),
  },
  // He et al. 2015, section 4.2, in fewer epochs and therefore with one cycle instead of steps.
  resnet20: {
    epochs: 30,
    batch: 128,
    optimizer: { name: "sgd", lr: 0.1, momentum: 0.9, weightDecay: 1e-4 },
    schedule: "one-cycle",
    augmentation: flipAndShift(4),
  },
  cifarnet: {
    epochs: 10,
    batch: 128,
    optimizer: { name: "sgd", lr: 0.1, momentum: 0.9, nesterov: true, weightDecay: 5e-4 },
    schedule: "one-cycle",
    augmentation: flipAndShift(4),
  },
  airbench_xs: { epochs: 8, ...airbench },
  airbench_s: { epochs: 8, ...airbench },
  airbench_m: { epochs: 8, ...airbench },
  airbench_l: { epochs: 8, ...airbench },
};

/** Masks change with their pictures, so that parts and mirror images are pictures more. */
const segmentation: Recipe = {
  epochs: 30,
  batch: 8,
  optimizer: { name: "adamw", lr: 1e-3 },
  schedule: "cosine",
  augmentation: [{ name: "randomResizedCrop", scale: [0.5, 1] }, { name: "randomHorizontalFlip" }],
};

const otherwise: Recipe = {
  epochs: 5,
  batch: 64,
  optimizer: { name: "adamw", lr: 1e-3 },
  schedule: "cosine",
};

/** Without a name: a network of the user's own. */
export const recipeOf = (model: string | undefined, task?: "segmentation"): Recipe =>
  (model !== undefined && Object.hasOwn(recipes, model) && recipes[model as ModelName]) ||
  (task === "segmentation" ? segmentation : otherwise);
