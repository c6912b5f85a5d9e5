/**
 * The words that stand for losses beside cross-entropy and the squared error, and what they become. A settings record is plain
 * data: `config.json` keeps it. A loss's code is loaded when it is made.
 */
import type { Tensor } from "../graph/tensor.ts";
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

/** A loss by its name, with its options. */
export interface LossByName {
  readonly name: LossName | LossKindName;
  readonly [option: string]: unknown;
}

/** Every word that stands for a loss. */
export const lossNames = /* @__PURE__ */ Object.freeze([
  "crossEntropy",
  "squaredError",
  ...(Object.keys(kinds) as LossKindName[]),
] as const);

/** `crossEntropy`, `cross-entropy` and `crossentropy` are one. Throws for names and options that there are not. */
export async function makeLoss({ name, ...options }: LossByName): Promise<LossName | LossFunction> {
  const found = findName("loss", name, lossNames);
  if (found === "crossEntropy" || found === "squaredError") {
    checkedSettings("loss", found, "", options);
    return found;
  }
  const { settings, targets, of } = (await kinds[found]()) as LossKind;
  const chosen = checkedSettings("loss", found, settings, options);
  if (targets === "labels") return (output, target) => of(output, target, chosen);
  return (output, target) => of(output, valuesOf(output, target), chosen);
}

/** Class numbers as rows of 0 and 1, where the loss wants a number for each output. */
function valuesOf(output: Tensor, target: Tensor): Tensor {
  if (target.dtype !== "i32") return target;
  return output.builder.apply("oneHot", [target], { classes: output.shape[1] });
}
