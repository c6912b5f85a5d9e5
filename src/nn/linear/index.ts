/** Layers in which every output sees every input. */
export { Embedding, type EmbeddingOptions, embedding } from "./embedding.ts";
export { Linear, type LinearOptions, linear } from "./linear.ts";
