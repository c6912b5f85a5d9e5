/** Convolutions and their adjoints. */

export {
  ConvTranspose1d,
  type ConvTranspose1dOptions,
  convTranspose1d,
} from "./conv-transpose1d.ts";
export {
  ConvTranspose2d,
  type ConvTranspose2dOptions,
  convTranspose2d,
} from "./conv-transpose2d.ts";
export { Conv1d, type Conv1dOptions, conv1d } from "./conv1d.ts";
export { Conv2d, type Conv2dOptions, conv2d } from "./conv2d.ts";
export { Conv2dSame, type Conv2dSameOptions, conv2dSame } from "./conv2d-same.ts";
export {
  DepthwiseConv2d,
  type DepthwiseConv2dOptions,
  depthwiseConv2d,
} from "./depthwise-conv2d.ts";
export { Filter2d, type Filter2dOptions, filter2d } from "./filter2d.ts";
export type { PaddingMode } from "./pad-mode.ts";
export {
  type ConnectionTable,
  lenet5Table,
  PartialConv2d,
  type PartialConv2dOptions,
  partialConv2d,
} from "./partial-conv2d.ts";
export {
  SeparableConv2d,
  type SeparableConv2dOptions,
  separableConv2d,
} from "./separable-conv2d.ts";
