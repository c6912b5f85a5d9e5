/** Pictures in memory, nothing of Node. Decoding image files: `node.ts`. */
export * from "./colour.ts";
export * from "./filter.ts";
export type { Image } from "./image.ts";
export type { Interpolation } from "./interpolation.ts";
export * from "./parse-preprocessing.ts";
export * from "./preprocess.ts";
export * from "./preprocessing.ts";
export * from "./resize.ts";
