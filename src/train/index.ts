/** Training, evaluation and prediction, nothing of Node. Run directories and data in files: `node.ts`. */
export { type Candidate, Classifier, type Prediction } from "./classifier.ts";
export type { TrainConfig } from "./config.ts";
export { decodeModel } from "./decode-model.ts";
export { encodeModel } from "./encode-model.ts";
export { type Evaluation, Evaluator } from "./evaluation.ts";
export type { LossFunction, LossName } from "./loss.ts";
export { type LrFinding, type LrFindOptions, lrFind } from "./lr-find.ts";
export type { LrSuggestions } from "./lr-suggestions.ts";
export { CUSTOM, type ModelCard } from "./model-card.ts";
export {
  makeOptimizer,
  type OptimizerName,
  type OptimizerSettings,
  optimizerNames,
  parseOptimizerName,
} from "./optimizer-settings.ts";
export type {
  EpochTiming,
  TrainCallbacks,
  TrainOptions,
  TrainProgress,
  TrainStart,
} from "./options.ts";
export { type DatasetPredictions, predictDataset } from "./predict-dataset.ts";
export { type Recipe, recipeOf } from "./recipes.ts";
export type { EpochRecord, TestRecord } from "./records.ts";
export { Run, type RunResult } from "./run.ts";
export { memoryStore, type RunFile, type RunStore } from "./run-store.ts";
export {
  makeSchedule,
  parseScheduleName,
  type ScheduleName,
  type ScheduleSettings,
  scheduleNames,
} from "./schedule-settings.ts";
export { SegmentationRun } from "./segmentation-run.ts";
export { type Segmentation, type SegmentedClass, Segmenter } from "./segmenter.ts";
export { type StepMemory, type StepMemoryOptions, stepMemory } from "./step-memory.ts";
export type { TensorRun } from "./tensor-run.ts";
export { type SegmentationTrainOptions, train } from "./train.ts";
export type { OutputSettings, TensorTrainOptions } from "./train-tensors.ts";
