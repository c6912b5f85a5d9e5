/** The network that is trained: the caller's own, one of the zoo by name, or one that was opened from a file. */
import { ConvkitError } from "../core/error.ts";
import type { Dataset } from "../data/index.ts";
import type { ModelStructure } from "../formats/imported-model.ts";
import type { Preprocessing } from "../image/preprocessing.ts";
import { createModel } from "../models/index.ts";
import type { MadeModel, Stem } from "../models/model.ts";
import { Module } from "../nn/module.ts";
import type { LossName } from "./loss.ts";
import type { HeadSettings } from "./transfer/head-settings.ts";

/** What `openModel` gives of a network whose training goes on. */
export interface NamedNetwork {
  readonly net: Module;
  readonly architecture: string;
  readonly structure?: ModelStructure;
  /** What stands on its features in place of its own classifier. */
  readonly head?: HeadSettings;
  /** Its first layers, where they were chosen. */
  readonly stem?: Stem;
  /** That of its earlier training; measured on the data when left out. */
  readonly preprocessing?: Preprocessing;
  readonly loss: LossName;
  /** Of a fresh network: see `MadeModel`. */
  readonly initializeFrom?: MadeModel["initializeFrom"];
  readonly notes: readonly string[];
}

export interface MadeNetwork extends Omit<NamedNetwork, "architecture"> {
  /** Undefined for a network of the caller's own. */
  readonly name: string | undefined;
}

/** The zoo's model made for the data, or the network as it is. */
export async function makeNetwork(
  model: Module | NamedNetwork | string,
  data: Dataset,
): Promise<MadeNetwork> {
  if (typeof model === "string") {
    const request = { inputShape: data.shape, classes: data.classes.length };
    const { net, info, notes, initializeFrom } = await createModel(model, request);
    return { net, name: info.name, loss: info.loss, notes, initializeFrom };
  }
  if (model instanceof Module) {
    return { net: model, name: undefined, loss: "crossEntropy", notes: [] };
  }
  if (!(model?.net instanceof Module)) {
    throw new ConvkitError(
      "train",
      "the first argument is no network — give one, a model's name, or what openModel gives",
    );
  }
  return { ...model, name: model.architecture };
}
