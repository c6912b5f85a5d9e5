/** What everything rests on: element types, shapes, errors, random numbers. */
export { byteSize, type DType, isFloat } from "./dtype.ts";
export { ConvkitError } from "./error.ts";
export { type Key, Random, threefry } from "./random.ts";
export {
  broadcastShapes,
  formatShape,
  normalizeAxis,
  type Shape,
  sameShape,
  sizeOf,
  stridesOf,
} from "./shape.ts";
