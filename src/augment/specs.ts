/** Every transform, for docs/augmentation.md and tests. */

import { adjustBrightnessSpec } from "./adjust-brightness.ts";
import { adjustContrastSpec } from "./adjust-contrast.ts";
import { adjustGammaSpec } from "./adjust-gamma.ts";
import { adjustHueSpec } from "./adjust-hue.ts";
import { adjustSaturationSpec } from "./adjust-saturation.ts";
import { adjustSharpnessSpec } from "./adjust-sharpness.ts";
import { augMixSpec } from "./aug-mix.ts";
import { autoAugmentSpec } from "./auto-augment.ts";
import { centerCropSpec } from "./center-crop.ts";
import { claheSpec } from "./clahe.ts";
import { coarseDropoutSpec } from "./coarse-dropout.ts";
import { colorJitterSpec } from "./color-jitter.ts";
import { composeSpec } from "./compose.ts";
import { cutoutSpec } from "./cutout.ts";
import { elasticTransformSpec } from "./elastic-transform.ts";
import { gaussNoiseSpec } from "./gauss-noise.ts";
import { gaussianBlurSpec } from "./gaussian-blur.ts";
import { grayscaleSpec } from "./grayscale.ts";
import { gridDropoutSpec } from "./grid-dropout.ts";
import { hueSaturationValueSpec } from "./hue-saturation-value.ts";
import { imageCompressionSpec } from "./image-compression.ts";
import { medianBlurSpec } from "./median-blur.ts";
import { motionBlurSpec } from "./motion-blur.ts";
import { padSpec } from "./pad.ts";
import { randAugmentSpec } from "./rand-augment.ts";
import { randomAdjustSharpnessSpec } from "./random-adjust-sharpness.ts";
import { randomAffineSpec } from "./random-affine.ts";
import { randomApplySpec } from "./random-apply.ts";
import { randomAutocontrastSpec } from "./random-autocontrast.ts";
import { randomChannelPermutationSpec } from "./random-channel-permutation.ts";
import { randomChoiceSpec } from "./random-choice.ts";
import { randomCropSpec } from "./random-crop.ts";
import { randomEqualizeSpec } from "./random-equalize.ts";
import { randomErasingSpec } from "./random-erasing.ts";
import { randomFogSpec } from "./random-fog.ts";
import { randomGammaSpec } from "./random-gamma.ts";
import { randomGrayscaleSpec } from "./random-grayscale.ts";
import { randomHorizontalFlipSpec } from "./random-horizontal-flip.ts";
import { randomInvertSpec } from "./random-invert.ts";
import { randomIoUCropSpec } from "./random-iou-crop.ts";
import { randomOrderSpec } from "./random-order.ts";
import { randomPerspectiveSpec } from "./random-perspective.ts";
import { randomPhotometricDistortSpec } from "./random-photometric-distort.ts";
import { randomPosterizeSpec } from "./random-posterize.ts";
import { randomRainSpec } from "./random-rain.ts";
import { randomResizeSpec } from "./random-resize.ts";
import { randomResizedCropSpec } from "./random-resized-crop.ts";
import { randomRotationSpec } from "./random-rotation.ts";
import { randomShadowSpec } from "./random-shadow.ts";
import { randomShortestSizeSpec } from "./random-shortest-size.ts";
import { randomSolarizeSpec } from "./random-solarize.ts";
import { randomSunFlareSpec } from "./random-sun-flare.ts";
import { randomVerticalFlipSpec } from "./random-vertical-flip.ts";
import { randomZoomOutSpec } from "./random-zoom-out.ts";
import { resizeSpec } from "./resize.ts";
import { rgbShiftSpec } from "./rgb-shift.ts";
import { saltAndPepperSpec } from "./salt-and-pepper.ts";
import { scaleJitterSpec } from "./scale-jitter.ts";
import { toSepiaSpec } from "./to-sepia.ts";
import type { TransformSpec } from "./transform.ts";
import { trivialAugmentWideSpec } from "./trivial-augment-wide.ts";

// biome-ignore format: in the order of the page
export const transformSpecs: readonly TransformSpec[] = [
  randomCropSpec,
  randomResizedCropSpec,
  padSpec,
  randomHorizontalFlipSpec,
  cutoutSpec,
  gaussNoiseSpec,
  saltAndPepperSpec,
  motionBlurSpec,
  medianBlurSpec,
  coarseDropoutSpec,
  gridDropoutSpec,
  adjustBrightnessSpec,
  adjustContrastSpec,
  adjustSaturationSpec,
  adjustHueSpec,
  adjustGammaSpec,
  adjustSharpnessSpec,
  colorJitterSpec,
  grayscaleSpec,
  randomGrayscaleSpec,
  randomChannelPermutationSpec,
  randomPhotometricDistortSpec,
  randomInvertSpec,
  randomPosterizeSpec,
  randomSolarizeSpec,
  randomAdjustSharpnessSpec,
  randomAutocontrastSpec,
  randomEqualizeSpec,
  gaussianBlurSpec,
  imageCompressionSpec,
  claheSpec,
  randomGammaSpec,
  rgbShiftSpec,
  toSepiaSpec,
  hueSaturationValueSpec,
  resizeSpec,
  scaleJitterSpec,
  randomShortestSizeSpec,
  randomResizeSpec,
  centerCropSpec,
  randomIoUCropSpec,
  randomVerticalFlipSpec,
  randomZoomOutSpec,
  randomRotationSpec,
  randomAffineSpec,
  randomPerspectiveSpec,
  elasticTransformSpec,
  randomErasingSpec,
  randomShadowSpec,
  randomFogSpec,
  randomRainSpec,
  randomSunFlareSpec,
  composeSpec,
  randomApplySpec,
  randomChoiceSpec,
  randomOrderSpec,
  autoAugmentSpec,
  randAugmentSpec,
  trivialAugmentWideSpec,
  augMixSpec,
];
