/** Data sets in memory, splits and batches, nothing of Node. Opening files and folders: `node.ts`. */
export * from "./batches.ts";
export * from "./dataset.ts";
export type { EncodedImage } from "./encoded-image.ts";
export { GLYPH_CLASSES, GLYPH_SIZE, type GlyphOptions, glyphs } from "./glyphs.ts";
export { type Fold, foldOf, foldsOf } from "./k-fold.ts";
export { Loader, type LoaderOptions } from "./loader.ts";
export * from "./normalization.ts";
export * from "./picture-at.ts";
export { preprocessingOf } from "./preprocessing-of.ts";
export { represented } from "./represented.ts";
export * from "./source.ts";
export * from "./split.ts";
export { type TensorDataset, type TensorPair, tensorDataset } from "./tensor-dataset.ts";
export type { Sampler } from "./weighted-sampler.ts";
