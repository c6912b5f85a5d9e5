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

export interface TransformSection {
  readonly title: string;
  readonly specs: readonly TransformSpec[];
}

/** The parts of the page. */
// biome-ignore format: one transform a line
export const transformSections: readonly TransformSection[] = [
  { title: "Sizes and parts", specs: [
    resizeSpec,
    randomResizeSpec,
    randomShortestSizeSpec,
    scaleJitterSpec,
    centerCropSpec,
    randomCropSpec,
    randomResizedCropSpec,
    randomIoUCropSpec,
    padSpec,
    randomZoomOutSpec,
  ] },
  { title: "Turned and bent", specs: [
    randomHorizontalFlipSpec,
    randomVerticalFlipSpec,
    randomRotationSpec,
    randomAffineSpec,
    randomPerspectiveSpec,
    elasticTransformSpec,
  ] },
  { title: "Colours", specs: [
    colorJitterSpec,
    randomPhotometricDistortSpec,
    adjustBrightnessSpec,
    adjustContrastSpec,
    adjustSaturationSpec,
    adjustHueSpec,
    adjustGammaSpec,
    randomGammaSpec,
    hueSaturationValueSpec,
    rgbShiftSpec,
    toSepiaSpec,
    grayscaleSpec,
    randomGrayscaleSpec,
    randomChannelPermutationSpec,
    randomInvertSpec,
    randomPosterizeSpec,
    randomSolarizeSpec,
    randomAutocontrastSpec,
    randomEqualizeSpec,
    claheSpec,
  ] },
  { title: "Blur, noise and damage", specs: [
    gaussianBlurSpec,
    motionBlurSpec,
    medianBlurSpec,
    adjustSharpnessSpec,
    randomAdjustSharpnessSpec,
    gaussNoiseSpec,
    saltAndPepperSpec,
    imageCompressionSpec,
  ] },
  { title: "Holes", specs: [
    randomErasingSpec,
    cutoutSpec,
    coarseDropoutSpec,
    gridDropoutSpec,
  ] },
  { title: "Weather and light", specs: [
    randomShadowSpec,
    randomFogSpec,
    randomRainSpec,
    randomSunFlareSpec,
  ] },
  { title: "Policies", specs: [
    autoAugmentSpec,
    randAugmentSpec,
    trivialAugmentWideSpec,
    augMixSpec,
  ] },
  { title: "Transforms of transforms", specs: [
    composeSpec,
    randomApplySpec,
    randomChoiceSpec,
    randomOrderSpec,
  ] },
];

export const transformSpecs: readonly TransformSpec[] = transformSections.flatMap(
  ({ specs }) => specs,
);
