/** The part of `train` that reads and writes files. */
export {
  type OpenedModel,
  type OpenModelOptions,
  openModel,
  WrongModel,
} from "./open-model-node.ts";
export { modelPath, RunDirectory } from "./run-directory-node.ts";
export { type LogRecord, readRunLog, runLog, writeRunLog } from "./run-log-node.ts";
export { type TensorBoard, type TestFindings, tensorBoard } from "./tensorboard-node.ts";
export {
  absoluteSource,
  type NodeTrainOptions,
  OutputExists,
  sourceOfRun,
  train,
} from "./train-node.ts";
