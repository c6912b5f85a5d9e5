/** Training, evaluation and prediction, nothing of Node. Run directories and data in files: `node.ts`. */
export { type Candidate, Classifier, type Prediction } from "./classifier.ts";
export type { TrainConfig } from "./config.ts";
export { type Evaluation, Evaluator } from "./evaluation.ts";
export type { LossFunction, LossName } from "./loss.ts";
export { CUSTOM, decodeModel, encodeModel, type ModelCard } from "./model-file.ts";
export type {
  EpochTiming,
  TrainCallbacks,
  TrainOptions,
  TrainProgress,
  TrainStart,
} from "./options.ts";
export { type Recipe, recipeOf } from "./recipes.ts";
export type { EpochRecord, TestRecord } from "./records.ts";
export { Run, type RunResult } from "./run.ts";
export { memoryStore, type RunFile, type RunStore } from "./run-store.ts";
export {
  makeOptimizer,
  makeSchedule,
  type OptimizerName,
  type OptimizerSettings,
  optimizerNames,
  parseOptimizerName,
  parseScheduleName,
  type ScheduleName,
  scheduleNames,
} from "./settings.ts";
export { train } from "./train.ts";
