/** Layers and what one does with networks of them: `import { nn } from "convkit"`. */
export * from "./activation/index.ts";
export * from "./attention/index.ts";
export * from "./conversion/index.ts";
export * from "./convolution/index.ts";
export { FunctionModule, type Maker, module } from "./function-module.ts";
export * as init from "./init/index.ts";
export {
  initialize,
  listInputs,
  type NetworkInput,
  type NetworkInputs,
  type Trace,
  type TraceOptions,
  traceNetwork,
} from "./initialize.ts";
export * as kernels from "./kernels/index.ts";
export type { LayerSample, LayerSpec } from "./layer-spec.ts";
export * from "./linear/index.ts";
export {
  AnyModule,
  type BufferOptions,
  type Mode,
  Module,
  type OwnState,
  type Parametrization,
  type Parametrized,
  type StateMaker,
} from "./module.ts";
export { type NamedOutput, recordOutput } from "./named-outputs.ts";
export { nearestName } from "./nearest-name.ts";
export * from "./normalization/index.ts";
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
export { parametrize } from "./parametrize.ts";
export { guardUpdates, recordUpdate, withoutUpdates } from "./pending-updates.ts";
export * from "./pooling/index.ts";
export * from "./regularization/index.ts";
export {
  type RemoveParametrizationOptions,
  removeParametrization,
} from "./remove-parametrization.ts";
export * from "./resampling/index.ts";
export { loadStateDict, type StateDict, type StateValue, stateDict } from "./state-dict.ts";
export * from "./structure/index.ts";
