/** The MODEL of a command: a name of the zoo, or a trained model as a run directory or a model file. */
import { existsSync } from "node:fs";
import { readBytes } from "../formats/node.ts";
import { createModel, modelNames, type TimmState } from "../models/index.ts";
import { initialize } from "../nn/initialize.ts";
import type { Module } from "../nn/module.ts";
import { nearestName } from "../nn/nearest-name.ts";
import { decodeModel } from "../train/index.ts";
import { modelPath } from "../train/run-directory-node.ts";

import { UsageError } from "./usage.ts";

export const modelArgument = [
  "<model>",
  "a name from `convkit models`, or a run directory",
] as const;

export interface OpenedModel {
  readonly net: Module;
  /** The architecture's name. */
  readonly architecture: string;
  /** C×H×W. */
  readonly inputShape: readonly number[];
  readonly classes: number;
  /** How the architecture was adapted. */
  readonly notes: readonly string[];
  /** The file that the weights are from; undefined for initial weights. */
  readonly file: string | undefined;
  /** Of a model of the zoo: timm's names for its states. */
  readonly timm?: TimmState;
}

export interface ModelWishes {
  readonly inputShape?: readonly number[];
  readonly classes?: number;
  /** Of initial weights. */
  readonly seed?: number;
}

/** The model with its parameters in being; a trained one has its own shape and takes no wishes. */
export async function openModel(name: string, wishes: ModelWishes = {}): Promise<OpenedModel> {
  const { inputShape, classes, seed = 0 } = wishes;
  if ((modelNames as readonly string[]).includes(name)) {
    const made = await createModel(name, {
      ...(inputShape && { inputShape }),
      ...(classes !== undefined && { classes }),
    });
    initialize(made.net, made.inputShape, { seed });
    return { ...made, architecture: name, file: undefined };
  }
  if (!existsSync(name)) throw unknownModel(name);
  if (inputShape || classes !== undefined) {
    throw new UsageError(
      "model",
      `${name} is a trained model, whose input shape and classes are fixed — leave them out, ` +
        "or name an architecture of `convkit models`",
    );
  }
  const file = await modelPath(name);
  const { net, card } = await decodeModel(await readBytes(file), file);
  const { architecture } = card;
  return {
    net,
    architecture,
    inputShape: card.inputShape,
    classes: card.classes.length,
    notes: [],
    file,
  };
}

function unknownModel(name: string): UsageError {
  const near = nearestName(name, modelNames);
  const list = modelNames.join(", ");
  return new UsageError(
    "model",
    `there is no model and no run directory "${name}" — ` +
      `${near ? `did you mean ${near}? ` : ""}models: ${list}`,
  );
}
