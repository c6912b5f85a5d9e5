/** Transforms of pictures and of what lies on them, nothing of Node. By name: `makeTransform`. */

export { adjustBrightness, withBrightness } from "./adjust-brightness.ts";
export { adjustContrast, withContrast } from "./adjust-contrast.ts";
export { adjustGamma, withGamma } from "./adjust-gamma.ts";
export { adjustHue, withHue } from "./adjust-hue.ts";
export { adjustSaturation, withSaturation } from "./adjust-saturation.ts";
export { adjustSharpness, withSharpness } from "./adjust-sharpness.ts";
export { augMix } from "./aug-mix.ts";
export { autoAugment } from "./auto-augment.ts";
export {
  type AugmentImages,
  batchTransformNames,
  makeBatchTransforms,
} from "./batch/make-batch-transforms.ts";
export { centerCrop } from "./center-crop.ts";
export { clahe, equalizedTiles } from "./clahe.ts";
export { coarseDropout } from "./coarse-dropout.ts";
export { colorJitter } from "./color-jitter.ts";
export { compose } from "./compose.ts";
export { crop, resizeSample } from "./crop.ts";
export { cutout } from "./cutout.ts";
export { displace, elasticTransform } from "./elastic-transform.ts";
export { fiveCrop, tenCrop } from "./five-crop.ts";
export { gaussNoise } from "./gauss-noise.ts";
export { gaussianBlur } from "./gaussian-blur.ts";
export { grayscale, toGrayscale } from "./grayscale.ts";
export { gridDropout } from "./grid-dropout.ts";
export { hueSaturationValue } from "./hue-saturation-value.ts";
export { imageCompression, jpegCompressed } from "./image-compression.ts";
export { median, medianBlur } from "./median-blur.ts";
export { type MixableBatch, type MixSettings, mixBatch } from "./mix-batch.ts";
export { type MosaicOptions, type MultiTransform, mosaic } from "./mosaic.ts";
export { motionBlur } from "./motion-blur.ts";
export { pad } from "./pad.ts";
export { randAugment } from "./rand-augment.ts";
export { randomAdjustSharpness } from "./random-adjust-sharpness.ts";
export { affineSample, randomAffine } from "./random-affine.ts";
export { randomApply } from "./random-apply.ts";
export { autocontrasted, randomAutocontrast } from "./random-autocontrast.ts";
export { permuted, randomChannelPermutation } from "./random-channel-permutation.ts";
export { randomChoice } from "./random-choice.ts";
export { randomCrop } from "./random-crop.ts";
export { equalized, randomEqualize } from "./random-equalize.ts";
export { randomErasing } from "./random-erasing.ts";
export { randomFog } from "./random-fog.ts";
export { randomGamma } from "./random-gamma.ts";
export { randomGrayscale } from "./random-grayscale.ts";
export {
  horizontalFlip,
  randomHorizontalFlip,
} from "./random-horizontal-flip.ts";
export { inverted, randomInvert } from "./random-invert.ts";
export { randomIoUCrop } from "./random-iou-crop.ts";
export { randomOrder } from "./random-order.ts";
export { perspective, randomPerspective } from "./random-perspective.ts";
export { randomPhotometricDistort } from "./random-photometric-distort.ts";
export { posterized, randomPosterize } from "./random-posterize.ts";
export { randomRain } from "./random-rain.ts";
export { randomResize } from "./random-resize.ts";
export { randomResizedCrop } from "./random-resized-crop.ts";
export { randomRotation, rotate } from "./random-rotation.ts";
export { randomShadow } from "./random-shadow.ts";
export { randomShortestSize } from "./random-shortest-size.ts";
export { randomSolarize, solarized } from "./random-solarize.ts";
export { randomSunFlare } from "./random-sun-flare.ts";
export { randomVerticalFlip, verticalFlip } from "./random-vertical-flip.ts";
export { randomZoomOut } from "./random-zoom-out.ts";
export { resize } from "./resize.ts";
export { rgbShift } from "./rgb-shift.ts";
export { saltAndPepper } from "./salt-and-pepper.ts";
export { scaleJitter } from "./scale-jitter.ts";
export {
  formatTransforms,
  makeTransform,
  parseTransforms,
  type TransformSettings,
} from "./settings.ts";
export { type TransformName, transformNames } from "./table.ts";
export { sepia, toSepia } from "./to-sepia.ts";
export * from "./transform.ts";
export { trivialAugmentWide } from "./trivial-augment-wide.ts";
