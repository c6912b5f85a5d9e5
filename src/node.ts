/** All of convkit, with what Node adds: data and models in files, image files, run directories. */
export * from "./data/node.ts";
export { type DrawNetworkOptions, drawNetwork } from "./explain/draw-network-node.ts";
export * from "./formats/node.ts";
export * from "./image/node.ts";
export * from "./index.ts";
export {
  modelPath,
  type NodeTrainOptions,
  type OpenedModel,
  type OpenModelOptions,
  openModel,
  RunDirectory,
  sourceOfRun,
  // Takes the place of the one that knows data in memory only.
  train,
  WrongModel,
} from "./train/node.ts";
