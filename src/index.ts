/**
 * convkit: define, train and run convolutional networks, in Node and in browsers. This entry holds nothing of
 * Node; `convkit/node` adds data in files and run directories.
 */
export * as augment from "./augment/index.ts";
export { customGradient, grad } from "./autodiff/index.ts";
export { ConvkitError, type DType, Random, type Shape } from "./core/index.ts";
export * as data from "./data/index.ts";
export { glyphs } from "./data/index.ts";
export * as formats from "./formats/index.ts";
export * as losses from "./losses/index.ts";
export { crossEntropy, mse, squaredError } from "./losses/index.ts";
export * as metrics from "./metrics/index.ts";
export { createModel, listModels, loadWeights, modelNames, summary } from "./models/index.ts";
export * as nn from "./nn/index.ts";
export {
  accumulate,
  adadelta,
  adagrad,
  adam,
  adamax,
  adamW,
  asgd,
  biasesAndNorms,
  ema,
  lamb,
  lars,
  lion,
  lookahead,
  muon,
  nadam,
  Optimizer,
  radam,
  rmsprop,
  rprop,
  sam,
  schedule,
  sgd,
  swa,
  updateBatchNorm,
  WeightAverage,
} from "./optim/index.ts";
export * from "./tensor/index.ts";
export * from "./train/index.ts";
