/**
 * The words that stand for losses beside cross-entropy and the squared error, and what they become. A settings record is plain
 * data: `config.json` keeps it. A loss's code is loaded when it is made.
 */
import { ConvkitError } from "../core/error.ts";
import type { Tensor } from "../graph/tensor.ts";
import { crossEntropy } from "../losses/cross-entropy.ts";
import { squaredError } from "../losses/squared-error.ts";
import { checkedSettings, findName } from "../nn/named-settings.ts";
import type { LossFunction, LossName } from "./loss.ts";

interface LossKind {
  /** Words of its options. */
  readonly settings: string;
  /** What it takes beside the outputs: class numbers, or numbers of the outputs' own shape. */
  readonly targets: "labels" | "values";
  readonly of: (output: Tensor, target: Tensor, options: object) => Tensor;
}

// biome-ignore format: one loss a line
const kinds = {
  softmaxFocal: async () => ({ settings: "gamma weight ignoreIndex", targets: "labels", of: (await import("../losses/softmax-focal.ts")).softmaxFocal }),
  multiMargin: async () => ({ settings: "p margin weight", targets: "labels", of: (await import("../losses/multi-margin.ts")).multiMargin }),
  bceWithLogits: async () => ({ settings: "posWeight", targets: "values", of: (await import("../losses/bce-with-logits.ts")).bceWithLogits }),
  sigmoidFocal: async () => ({ settings: "gamma alpha", targets: "values", of: (await import("../losses/sigmoid-focal.ts")).sigmoidFocal }),
  mse: async () => ({ settings: "", targets: "values", of: (await import("../losses/mse.ts")).mse }),
  l1: async () => ({ settings: "", targets: "values", of: (await import("../losses/l1.ts")).l1 }),
  smoothL1: async () => ({ settings: "beta", targets: "values", of: (await import("../losses/smooth-l1.ts")).smoothL1 }),
  huber: async () => ({ settings: "delta", targets: "values", of: (await import("../losses/huber.ts")).huber }),
  softDice: async () => ({ settings: "perImage smooth ignoreIndex ignoreClasses power", targets: "labels", of: (await import("../losses/soft-dice.ts")).softDice }),
  softJaccard: async () => ({ settings: "perImage smooth ignoreIndex ignoreClasses", targets: "labels", of: (await import("../losses/soft-jaccard.ts")).softJaccard }),
  softTversky: async () => ({ settings: "alpha beta perImage smooth ignoreIndex ignoreClasses", targets: "labels", of: (await import("../losses/soft-tversky.ts")).softTversky }),
  focalTversky: async () => ({ settings: "alpha beta gamma perImage smooth ignoreIndex ignoreClasses", targets: "labels", of: (await import("../losses/focal-tversky.ts")).focalTversky }),
  lovaszSoftmax: async () => ({ settings: "perImage ignoreIndex", targets: "labels", of: (await import("../losses/lovasz-softmax.ts")).lovaszSoftmax }),
} as const satisfies Record<string, () => Promise<LossKind>>;

type LossKindName = keyof typeof kinds;

/** What they are called in short, as segmentation has it. */
const short = {
  dice: "softDice",
  jaccard: "softJaccard",
  tversky: "softTversky",
  lovasz: "lovaszSoftmax",
  focal: "softmaxFocal",
} as const satisfies Record<string, LossKindName>;

/** A loss by its name, with its options. */
export interface LossByName {
  readonly name: LossName | LossKindName | keyof typeof short;
  readonly [option: string]: unknown;
}

/** A loss, or several whose sum is one: `crossEntropy+dice`, or a list. */
export type LossWords = LossByName["name"] | LossByName | readonly LossByName[] | (string & {});

/** Those that every page holds. */
const standard: Readonly<Record<LossName, LossKind>> = {
  crossEntropy: {
    settings: "weight labelSmoothing ignoreIndex",
    targets: "labels",
    of: crossEntropy,
  },
  squaredError: { settings: "", targets: "values", of: squaredError },
};

/** Every word that stands for a loss. */
export const lossNames = /* @__PURE__ */ Object.freeze([
  "crossEntropy",
  "squaredError",
  ...(Object.keys(kinds) as LossKindName[]),
] as const);

/** `crossEntropy`, `cross-entropy` and `crossentropy` are one. Throws for names and options that there are not. */
export async function makeLoss(loss: LossWords): Promise<LossName | LossFunction> {
  const terms = termsOf(loss);
  const [{ name, ...options }] = terms;
  if (terms.length === 1 && (name === "crossEntropy" || name === "squaredError")) {
    checkedSettings("loss", name, "", options);
    return name;
  }
  const functions = await Promise.all(terms.map((term) => lossFunction(term)));
  return sumOf(functions);
}

/** Where labels are maps of classes: `common` are options for each term that has them, and each has to be some term's. */
export async function makePixelLoss(
  loss: LossWords,
  common: {
    readonly ignoreIndex: number;
    readonly weight?: readonly number[];
    readonly labelSmoothing?: number;
  },
): Promise<LossFunction> {
  const taken = new Set<string>();
  const functions = await Promise.all(
    termsOf(loss).map(async (term) => {
      const { settings, targets } = await kindOf(term.name);
      if (targets === "values") {
        throw new ConvkitError(
          "loss",
          `${term.name} compares numbers, a mask has classes — segmentation is trained with crossEntropy, focal, dice, ` +
            "tversky, jaccard or lovasz, or a sum such as crossEntropy+dice",
        );
      }
      const own = Object.entries(common).filter(([key]) => settings.split(" ").includes(key));
      for (const [key] of own) taken.add(key);
      return lossFunction({ ...Object.fromEntries(own), ...term });
    }),
  );
  const { weight, labelSmoothing } = common;
  if ((weight && !taken.has("weight")) || (labelSmoothing && !taken.has("labelSmoothing"))) {
    throw new ConvkitError(
      "train",
      "label smoothing belongs to cross-entropy, class weights to this and the focal loss, this model is trained with neither — " +
        "leave them out, or add it: crossEntropy+dice",
    );
  }
  return sumOf(functions);
}

function termsOf(loss: LossWords): LossByName[] {
  const given =
    typeof loss === "string" ? loss.split("+").map((name) => ({ name })) : [loss].flat();
  return given.map(({ name, ...options }) => {
    const words = [...lossNames, ...(Object.keys(short) as (keyof typeof short)[])];
    const found = findName("loss", name, words);
    return { name: found in short ? short[found as keyof typeof short] : found, ...options };
  });
}

async function kindOf(name: LossByName["name"]): Promise<LossKind> {
  if (name === "crossEntropy" || name === "squaredError") return standard[name];
  return kinds[name as LossKindName]();
}

async function lossFunction({ name, ...options }: LossByName): Promise<LossFunction> {
  const { settings, targets, of } = await kindOf(name);
  const chosen = checkedSettings("loss", name, settings, options);
  if (targets === "labels") return (output, target) => of(output, target, chosen);
  return (output, target) => of(output, valuesOf(output, target), chosen);
}

const sumOf =
  ([first, ...others]: readonly LossFunction[]): LossFunction =>
  (output, target) =>
    others.reduce((sum, loss) => sum.add(loss(output, target)), first(output, target));

/** Class numbers as rows of 0 and 1, where the loss wants a number for each output. */
function valuesOf(output: Tensor, target: Tensor): Tensor {
  if (target.dtype !== "i32") return target;
  return output.builder.apply("oneHot", [target], { classes: output.shape[1] });
}
