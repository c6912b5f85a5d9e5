/** Convolutions and their adjoints. */

export {
  ConvTranspose2d,
  type ConvTranspose2dOptions,
  convTranspose2d,
} from "./conv-transpose2d.ts";
export { Conv2d, type Conv2dOptions, conv2d } from "./conv2d.ts";
