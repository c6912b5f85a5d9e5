/** The words that stand for transforms, on the command line and in options; a transform's code is loaded when it is made. */
import type { TransformKind } from "./transform.ts";

// biome-ignore format: one transform a line
export const kinds = {
  adjustBrightness: async () => (await import("./adjust-brightness.ts")).adjustBrightnessKind,
  adjustContrast: async () => (await import("./adjust-contrast.ts")).adjustContrastKind,
  adjustGamma: async () => (await import("./adjust-gamma.ts")).adjustGammaKind,
  adjustHue: async () => (await import("./adjust-hue.ts")).adjustHueKind,
  adjustSaturation: async () => (await import("./adjust-saturation.ts")).adjustSaturationKind,
  adjustSharpness: async () => (await import("./adjust-sharpness.ts")).adjustSharpnessKind,
  centerCrop: async () => (await import("./center-crop.ts")).centerCropKind,
  clahe: async () => (await import("./clahe.ts")).claheKind,
  coarseDropout: async () => (await import("./coarse-dropout.ts")).coarseDropoutKind,
  colorJitter: async () => (await import("./color-jitter.ts")).colorJitterKind,
  cutout: async () => (await import("./cutout.ts")).cutoutKind,
  elasticTransform: async () => (await import("./elastic-transform.ts")).elasticTransformKind,
  gaussianBlur: async () => (await import("./gaussian-blur.ts")).gaussianBlurKind,
  gaussNoise: async () => (await import("./gauss-noise.ts")).gaussNoiseKind,
  grayscale: async () => (await import("./grayscale.ts")).grayscaleKind,
  gridDropout: async () => (await import("./grid-dropout.ts")).gridDropoutKind,
  hueSaturationValue: async () => (await import("./hue-saturation-value.ts")).hueSaturationValueKind,
  imageCompression: async () => (await import("./image-compression.ts")).imageCompressionKind,
  medianBlur: async () => (await import("./median-blur.ts")).medianBlurKind,
  motionBlur: async () => (await import("./motion-blur.ts")).motionBlurKind,
  pad: async () => (await import("./pad.ts")).padKind,
  randomAdjustSharpness: async () => (await import("./random-adjust-sharpness.ts")).randomAdjustSharpnessKind,
  randomAffine: async () => (await import("./random-affine.ts")).randomAffineKind,
  randomAutocontrast: async () => (await import("./random-autocontrast.ts")).randomAutocontrastKind,
  randomChannelPermutation: async () => (await import("./random-channel-permutation.ts")).randomChannelPermutationKind,
  randomCrop: async () => (await import("./random-crop.ts")).randomCropKind,
  randomEqualize: async () => (await import("./random-equalize.ts")).randomEqualizeKind,
  randomErasing: async () => (await import("./random-erasing.ts")).randomErasingKind,
  randomGamma: async () => (await import("./random-gamma.ts")).randomGammaKind,
  randomGrayscale: async () => (await import("./random-grayscale.ts")).randomGrayscaleKind,
  randomHorizontalFlip: async () => (await import("./random-horizontal-flip.ts")).randomHorizontalFlipKind,
  randomInvert: async () => (await import("./random-invert.ts")).randomInvertKind,
  randomIoUCrop: async () => (await import("./random-iou-crop.ts")).randomIoUCropKind,
  randomPerspective: async () => (await import("./random-perspective.ts")).randomPerspectiveKind,
  randomPhotometricDistort: async () => (await import("./random-photometric-distort.ts")).randomPhotometricDistortKind,
  randomPosterize: async () => (await import("./random-posterize.ts")).randomPosterizeKind,
  randomResize: async () => (await import("./random-resize.ts")).randomResizeKind,
  randomResizedCrop: async () => (await import("./random-resized-crop.ts")).randomResizedCropKind,
  randomRotation: async () => (await import("./random-rotation.ts")).randomRotationKind,
  randomShortestSize: async () => (await import("./random-shortest-size.ts")).randomShortestSizeKind,
  randomSolarize: async () => (await import("./random-solarize.ts")).randomSolarizeKind,
  randomVerticalFlip: async () => (await import("./random-vertical-flip.ts")).randomVerticalFlipKind,
  randomZoomOut: async () => (await import("./random-zoom-out.ts")).randomZoomOutKind,
  resize: async () => (await import("./resize.ts")).resizeKind,
  rgbShift: async () => (await import("./rgb-shift.ts")).rgbShiftKind,
  saltAndPepper: async () => (await import("./salt-and-pepper.ts")).saltAndPepperKind,
  scaleJitter: async () => (await import("./scale-jitter.ts")).scaleJitterKind,
  toSepia: async () => (await import("./to-sepia.ts")).toSepiaKind,
} as const satisfies Record<string, () => Promise<TransformKind<never>>>;

export type TransformName = keyof typeof kinds;

/** Every word that stands for a transform. */
export const transformNames = /* @__PURE__ */ Object.freeze(Object.keys(kinds) as TransformName[]);
