/** The model zoo: a frozen list; the code of a model is loaded when it is made. */
import { ConvkitError } from "../core/error.ts";
import type { Shape } from "../core/shape.ts";
import type { Module } from "../nn/module.ts";
import { nearestName } from "../nn/nearest-name.ts";
import type { MadeModel, ModelInfo, ModelRequest } from "./model.ts";

export type { MadeModel, ModelInfo, ModelRequest } from "./model.ts";
export * from "./summary.ts";

interface ModelFile {
  readonly info: ModelInfo;
  readonly make: (request: ModelRequest) => MadeModel;
}

export const models = Object.freeze({
  zhang: (): Promise<ModelFile> => import("./zhang.ts"),
  lenet5: (): Promise<ModelFile> => import("./lenet5.ts"),
  "convnetjs-cifar": (): Promise<ModelFile> => import("./convnetjs-cifar.ts"),
  resnet20: (): Promise<ModelFile> => import("./resnet20.ts"),
  cifarnet: (): Promise<ModelFile> => import("./cifarnet.ts"),
});

export type ModelName = keyof typeof models;

export const modelNames = Object.freeze(Object.keys(models) as ModelName[]);

/** What is known of every model, in the order of the list. */
export const listModels = (): Promise<ModelInfo[]> =>
  Promise.all(modelNames.map(async (name) => (await models[name]()).info));

export interface CreatedModel {
  readonly net: Module;
  readonly info: ModelInfo;
  readonly inputShape: Shape;
  readonly classes: number;
  readonly notes: readonly string[];
}

/** Makes a model for images C×H×W and a number of classes; `notes` says how it was adapted. */
export async function createModel(
  name: string,
  request: Partial<ModelRequest> = {},
): Promise<CreatedModel> {
  const { info, make } = await loadModel(name);
  const { inputShape = info.inputShape, classes = info.classes } = request;
  const { net, notes } = make({ inputShape, classes });
  return { net, info, inputShape, classes, notes };
}

async function loadModel(name: string): Promise<ModelFile> {
  if (Object.hasOwn(models, name)) return models[name as ModelName]();
  const near = nearestName(name, modelNames);
  throw new ConvkitError(
    "models",
    `there is no model "${name}" — ${near ? `did you mean "${near}"? ` : ""}there are ${modelNames.join(", ")}`,
  );
}
