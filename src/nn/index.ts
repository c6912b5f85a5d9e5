/** Layers and what one does with networks of them: `import { nn } from "convkit"`. */
export {
  Activation,
  gelu,
  leakyRelu,
  logSoftmax,
  relu,
  Softplus,
  sigmoid,
  silu,
  softmax,
  softplus,
  tanh,
} from "./activation.ts";
export { Add, add } from "./add.ts";
export { BatchNorm, type BatchNormOptions, batchNorm1d, batchNorm2d } from "./batch-norm.ts";
export {
  ConvTranspose2d,
  type ConvTranspose2dOptions,
  convTranspose2d,
} from "./conv-transpose2d.ts";
export { Conv2d, type Conv2dOptions, conv2d } from "./conv2d.ts";
export { Dropout, dropout } from "./dropout.ts";
export { Flatten, flatten } from "./flatten.ts";
export { FunctionModule, type Maker, module } from "./function-module.ts";
export { Identity, identity } from "./identity.ts";
export * as init from "./init.ts";
export { initialize, type Trace, type TraceOptions, traceNetwork } from "./initialize.ts";
export { LayerNorm, type LayerNormOptions, layerNorm } from "./layer-norm.ts";
export { Linear, type LinearOptions, linear } from "./linear.ts";
export { AnyModule, type Mode, Module, type OwnState } from "./module.ts";
export { nearestName } from "./nearest-name.ts";
export {
  buffers,
  freeze,
  matchName,
  type NamePattern,
  namedBuffers,
  namedModules,
  namedParameters,
  namedStates,
  parameters,
  unfreeze,
} from "./parameters.ts";
export { guardUpdates, recordUpdate } from "./pending-updates.ts";
export {
  type AvgPool2dOptions,
  avgPool2d,
  GlobalPool2d,
  globalAvgPool2d,
  globalMaxPool2d,
  type MaxPool2dOptions,
  maxPool2d,
  Pool2d,
} from "./pooling.ts";
export { Sequential, sequential } from "./sequential.ts";
export { loadStateDict, type StateDict, type StateValue, stateDict } from "./state-dict.ts";
