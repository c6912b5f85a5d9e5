/** Pictures in memory, nothing of Node. `decodeImage` is the browser's; Node's is in `node.ts`. */
export * from "./colour.ts";
export { decodeImage } from "./decode-browser.ts";
export * from "./filter.ts";
export type { Image } from "./image.ts";
export type { Interpolation } from "./interpolation.ts";
export { overlay, vocPalette } from "./mask-colours.ts";
export * from "./parse-preprocessing.ts";
export * from "./preprocess.ts";
export * from "./preprocessing.ts";
export { toHsv } from "./representation/hsv.ts";
export type { RepresentationName } from "./representation/names.ts";
export * from "./resize.ts";
