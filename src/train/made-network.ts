/** The network that is trained: the caller's own, or one of the zoo by name. */
import { ConvkitError } from "../core/error.ts";
import type { Dataset } from "../data/index.ts";
import { createModel } from "../models/index.ts";
import { Module } from "../nn/module.ts";
import type { LossName } from "./loss.ts";

export interface MadeNetwork {
  readonly net: Module;
  readonly name: string | undefined;
  readonly loss: LossName;
  readonly notes: readonly string[];
}

/** The zoo's model made for the data, or the network as it is. */
export async function makeNetwork(model: Module | string, data: Dataset): Promise<MadeNetwork> {
  if (typeof model !== "string") {
    if (!(model instanceof Module)) {
      throw new ConvkitError(
        "train",
        "the first argument is no network — give one, or a model's name",
      );
    }
    return { net: model, name: undefined, loss: "crossEntropy", notes: [] };
  }
  const request = { inputShape: data.shape, classes: data.classes.length };
  const { net, info, notes } = await createModel(model, request);
  return { net, name: info.name, loss: info.loss, notes };
}
