/** Layers in which every output sees every input. */

export { digitBitmaps } from "./digit-bitmaps.ts";
export { Embedding, type EmbeddingOptions, embedding } from "./embedding.ts";
export { Linear, type LinearOptions, linear } from "./linear.ts";
export { Rbf, type RbfOptions, rbf } from "./rbf.ts";
