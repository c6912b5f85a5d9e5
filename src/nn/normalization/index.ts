/** Normalisation of activations and of weights. */
export { BatchNorm, type BatchNormOptions, batchNorm1d, batchNorm2d } from "./batch-norm.ts";
export { BrightnessNorm, type BrightnessNormOptions, brightnessNorm } from "./brightness-norm.ts";
export {
  FrozenBatchNorm2d,
  type FrozenBatchNorm2dOptions,
  frozenBatchNorm2d,
} from "./frozen-batch-norm2d.ts";
export { GroupNorm, type GroupNormOptions, groupNorm } from "./group-norm.ts";
export {
  InstanceNorm,
  type InstanceNormOptions,
  instanceNorm1d,
  instanceNorm2d,
} from "./instance-norm.ts";
export { LayerNorm, type LayerNormOptions, layerNorm } from "./layer-norm.ts";
export { LayerNorm2d, type LayerNorm2dOptions, layerNorm2d } from "./layer-norm2d.ts";
export {
  LocalContrastNorm,
  type LocalContrastNormOptions,
  localContrastNorm,
} from "./local-contrast-norm.ts";
export {
  LocalResponseNorm,
  type LocalResponseNormOptions,
  localResponseNorm,
} from "./local-response-norm.ts";
export { RmsNorm, type RmsNormOptions, rmsNorm } from "./rms-norm.ts";
export { type SpectralNormOptions, spectralNorm } from "./spectral-norm.ts";
export { type WeightNormOptions, weightNorm } from "./weight-norm.ts";
