/** Transforms of pictures and of what lies on them, nothing of Node. By name: `makeTransform`. */
export { compose } from "./compose.ts";
export { type MixableBatch, type MixSettings, mixBatch } from "./mix-batch.ts";
export { pad } from "./pad.ts";
export { randomCrop } from "./random-crop.ts";
export {
  horizontalFlip,
  type RandomHorizontalFlipOptions,
  randomHorizontalFlip,
} from "./random-horizontal-flip.ts";
export { randomResizedCrop } from "./random-resized-crop.ts";
export {
  formatTransforms,
  makeTransform,
  parseTransforms,
  type TransformSettings,
} from "./settings.ts";
export { type TransformName, transformNames } from "./table.ts";
export * from "./transform.ts";
