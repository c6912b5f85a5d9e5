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
  coarseDropout: async () => (await import("./coarse-dropout.ts")).coarseDropoutKind,
  colorJitter: async () => (await import("./color-jitter.ts")).colorJitterKind,
  cutout: async () => (await import("./cutout.ts")).cutoutKind,
  gaussianBlur: async () => (await import("./gaussian-blur.ts")).gaussianBlurKind,
  gaussNoise: async () => (await import("./gauss-noise.ts")).gaussNoiseKind,
  grayscale: async () => (await import("./grayscale.ts")).grayscaleKind,
  gridDropout: async () => (await import("./grid-dropout.ts")).gridDropoutKind,
  medianBlur: async () => (await import("./median-blur.ts")).medianBlurKind,
  motionBlur: async () => (await import("./motion-blur.ts")).motionBlurKind,
  pad: async () => (await import("./pad.ts")).padKind,
  randomAdjustSharpness: async () => (await import("./random-adjust-sharpness.ts")).randomAdjustSharpnessKind,
  randomAutocontrast: async () => (await import("./random-autocontrast.ts")).randomAutocontrastKind,
  randomChannelPermutation: async () => (await import("./random-channel-permutation.ts")).randomChannelPermutationKind,
  randomCrop: async () => (await import("./random-crop.ts")).randomCropKind,
  randomEqualize: async () => (await import("./random-equalize.ts")).randomEqualizeKind,
  randomGrayscale: async () => (await import("./random-grayscale.ts")).randomGrayscaleKind,
  randomHorizontalFlip: async () => (await import("./random-horizontal-flip.ts")).randomHorizontalFlipKind,
  randomInvert: async () => (await import("./random-invert.ts")).randomInvertKind,
  randomPhotometricDistort: async () => (await import("./random-photometric-distort.ts")).randomPhotometricDistortKind,
  randomPosterize: async () => (await import("./random-posterize.ts")).randomPosterizeKind,
  randomResizedCrop: async () => (await import("./random-resized-crop.ts")).randomResizedCropKind,
  randomSolarize: async () => (await import("./random-solarize.ts")).randomSolarizeKind,
  saltAndPepper: async () => (await import("./salt-and-pepper.ts")).saltAndPepperKind,
} as const satisfies Record<string, () => Promise<TransformKind<never>>>;

export type TransformName = keyof typeof kinds;

/** Every word that stands for a transform. */
export const transformNames = /* @__PURE__ */ Object.freeze(Object.keys(kinds) as TransformName[]);
