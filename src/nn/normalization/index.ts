/** Normalisation of activations and of weights. */
export { BatchNorm, type BatchNormOptions, batchNorm1d, batchNorm2d } from "./batch-norm.ts";
export { LayerNorm, type LayerNormOptions, layerNorm } from "./layer-norm.ts";
