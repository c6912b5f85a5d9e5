/** The graph: made by a builder, printed, parsed and checked. */
export { Builder, type GradientRule, type ModuleCall } from "./builder.ts";
export { callsOf } from "./calls.ts";
export {
  type Attrs,
  type AttrValue,
  type Graph,
  liveNodes,
  type Node,
  type StateRef,
  type TensorType,
  type Update,
} from "./node.ts";
export type { Calls, OpDef, OpTable, Oracle, RefArray, Sample } from "./op.ts";
export { parse } from "./parse.ts";
export { print } from "./print.ts";
export { Tensor } from "./tensor.ts";
export { verify } from "./verify.ts";
