/** The front door of the engine: values, parameters, devices, compiled functions. */
export type { Device, Program, ProgramReport, StateBuffer } from "../backends/backend.ts";
export { Tensor } from "../graph/tensor.ts";
export {
  type Compiled,
  type CompileOptions,
  compile,
  type HostOf,
  type Outputs,
} from "./compile.ts";
export {
  type BackendName,
  backendNames,
  type DeviceOptions,
  defaultDevice,
  openDevice,
} from "./device.ts";
export { type HostData, type HostTensor, tensor } from "./host-tensor.ts";
export { Parameter } from "./parameter.ts";
export { trace } from "./trace.ts";
