/** Optimisers and learning-rate schedules. */
export { type AdadeltaOptions, adadelta } from "./adadelta.ts";
export { type AdamOptions, adam, adamW } from "./adam.ts";
export type { ClipOptions } from "./clip.ts";
export {
  biasesAndNorms,
  Optimizer,
  type OptimizerOptions,
  type ParameterGroup,
  type Rule,
  type Shared,
  type Step,
  type StepResult,
} from "./optimizer.ts";
export { type RmspropOptions, rmsprop } from "./rmsprop.ts";
export type { Schedule } from "./schedule/index.ts";
export * as schedule from "./schedule/index.ts";
export { type SgdOptions, sgd } from "./sgd.ts";
