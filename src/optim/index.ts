/** Optimisers, averages of weights, and learning-rate schedules. */
export { accumulate } from "./accumulate.ts";
export { type AdadeltaOptions, adadelta } from "./adadelta.ts";
export { type AdagradOptions, adagrad } from "./adagrad.ts";
export { type AdamOptions, adam, adamW } from "./adam.ts";
export { type AdamaxOptions, adamax } from "./adamax.ts";
export { type AsgdOptions, asgd } from "./asgd.ts";
export type { ClipOptions } from "./clip.ts";
export { type EmaOptions, ema } from "./ema.ts";
export { type LambOptions, lamb } from "./lamb.ts";
export { type LarsOptions, lars } from "./lars.ts";
export { type LionOptions, lion } from "./lion.ts";
export { type LookaheadOptions, lookahead } from "./lookahead.ts";
export { type MuonOptions, muon } from "./muon.ts";
export { type NadamOptions, nadam } from "./nadam.ts";
export {
  biasesAndNorms,
  type Loss,
  Optimizer,
  type OptimizerKind,
  type OptimizerOptions,
  type ParameterGroup,
  type Rule,
  type Shared,
  type Step,
  type StepResult,
} from "./optimizer.ts";
export type { OptimizerSample, OptimizerSpec } from "./optimizer-spec.ts";
export { type RadamOptions, radam } from "./radam.ts";
export { type RmspropOptions, rmsprop } from "./rmsprop.ts";
export { type RpropOptions, rprop } from "./rprop.ts";
export { type SamOptions, sam } from "./sam.ts";
export type {
  CosineOptions,
  CosineRestartsOptions,
  CyclicOptions,
  ExponentialOptions,
  InverseSqrtOptions,
  LinearOptions,
  MultiStepOptions,
  OneCycleOptions,
  PolynomialOptions,
  ReduceOnPlateauOptions,
  Schedule,
  StepOptions,
} from "./schedule/index.ts";
export * as schedule from "./schedule/index.ts";
export { type SgdOptions, sgd } from "./sgd.ts";
export { swa } from "./swa.ts";
export { type UpdateBatchNormOptions, updateBatchNorm } from "./update-batch-norm.ts";
export { WeightAverage } from "./weight-average.ts";
