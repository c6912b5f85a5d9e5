/**
 * The operations that published policies choose from, each with one magnitude, and how magnitudes grow with a level. Both as
 * torchvision has them. Masks, boxes and key points move along.
 */
import { ConvkitError } from "../core/error.ts";
import type { Random } from "../core/random.ts";
import { roundHalfEven } from "../core/round-half-even.ts";
import type { Image } from "../image/image.ts";
import { withBrightness } from "./adjust-brightness.ts";
import { withContrast } from "./adjust-contrast.ts";
import { withSaturation } from "./adjust-saturation.ts";
import { withSharpness } from "./adjust-sharpness.ts";
import { onImage } from "./chance.ts";
import { checkedWord, shown } from "./checks.ts";
import type { FillOptions } from "./pad.ts";
import { affineSample } from "./random-affine.ts";
import { autocontrasted } from "./random-autocontrast.ts";
import { equalized } from "./random-equalize.ts";
import { inverted } from "./random-invert.ts";
import { posterized } from "./random-posterize.ts";
import { rotate } from "./random-rotation.ts";
import { solarized } from "./random-solarize.ts";
import type { Sample, Size } from "./transform.ts";
import { type WarpInterpolation, warpInterpolations } from "./warp.ts";

export interface PolicyOptions extends FillOptions {
  /** `nearest` by default. */
  readonly interpolation?: WarpInterpolation;
}

type Operation = (sample: Sample, magnitude: number, options: PolicyOptions) => Sample;

const moving =
  (affine: (magnitude: number) => object, center?: readonly [number, number]): Operation =>
  (sample, magnitude, options) =>
    affineSample(
      sample,
      { angle: 0, down: 0, along: 0, scale: 1, shearX: 0, shearY: 0, ...affine(magnitude) },
      { ...options, ...(center && { center }) },
    );

const colouring =
  (change: (image: Image, magnitude: number) => Image): Operation =>
  (sample, magnitude) =>
    onImage((image) => change(image, magnitude))(sample);

/** The angle in degrees whose tangent a shear is. */
const degrees = (shear: number): number => (Math.atan(shear) * 180) / Math.PI;

// biome-ignore format: an operation a line
const operations = {
  identity: (sample) => sample,
  shearX: moving((m) => ({ shearX: degrees(m) }), [0, 0]),
  shearY: moving((m) => ({ shearY: degrees(m) }), [0, 0]),
  translateX: moving((m) => ({ along: Math.trunc(m) })),
  translateY: moving((m) => ({ down: Math.trunc(m) })),
  rotate: (sample, m, options) => rotate(sample, m, options),
  brightness: colouring((image, m) => withBrightness(image, 1 + m)),
  color: colouring((image, m) => withSaturation(image, 1 + m)),
  contrast: colouring((image, m) => withContrast(image, 1 + m)),
  sharpness: colouring((image, m) => withSharpness(image, 1 + m)),
  posterize: colouring((image, m) => posterized(image, m)),
  solarize: colouring((image, m) => solarized(image, m)),
  autoContrast: colouring(autocontrasted),
  equalize: colouring(equalized),
  invert: colouring(inverted),
} as const satisfies Record<string, Operation>;

export type PolicyOperation = keyof typeof operations;

/** An operation with its magnitude: pixels, degrees, 1 less than a factor, bits, or a threshold. */
export interface PolicyStep {
  readonly operation: PolicyOperation;
  readonly magnitude: number;
}

/** One step after the other. */
export const applySteps = (
  sample: Sample,
  steps: readonly PolicyStep[],
  options: PolicyOptions,
): Sample =>
  steps.reduce(
    (now, { operation, magnitude }) => operations[operation](now, magnitude, options),
    sample,
  );

/** The greatest magnitudes of a policy. */
export interface Magnitudes {
  readonly shear: number;
  /** In pixels, of a picture's width or height. */
  readonly translate: (size: number) => number;
  readonly rotate: number;
  /** Of brightness, colour, contrast and sharpness. */
  readonly enhance: number;
  /** Bits at the lowest level, and how many fewer at the highest. */
  readonly posterize: readonly [most: number, fewer: number];
}

/** Of AutoAugment and RandAugment. */
export const usualMagnitudes: Magnitudes = {
  shear: 0.3,
  translate: (size) => (150 / 331) * size,
  rotate: 30,
  enhance: 0.9,
  posterize: [8, 4],
};

/** An operation at one of `levels` levels, counted from 0; its magnitude is negative every second time if it may be. */
export function drawStep(
  random: Random,
  operation: PolicyOperation,
  [level, levels]: readonly [number, number],
  size: Size,
  most: Magnitudes,
): PolicyStep {
  const { value, isSigned } = magnitudeAt(operation, level, levels, size, most);
  return { operation, magnitude: isSigned && random.int(2) === 0 ? -value : value };
}

/** Of an operation at one of `levels` levels, counted from 0; 0 where it has none. */
export function magnitudeAt(
  operation: PolicyOperation,
  level: number,
  levels: number,
  { height, width }: Size,
  most: Magnitudes,
): { readonly value: number; readonly isSigned: boolean } {
  const signed = (end: number) => ({ value: spaced(0, end, level, levels), isSigned: true });
  switch (operation) {
    case "shearX":
    case "shearY":
      return signed(most.shear);
    case "translateX":
      return signed(most.translate(width));
    case "translateY":
      return signed(most.translate(height));
    case "rotate":
      return signed(most.rotate);
    case "brightness":
    case "color":
    case "contrast":
    case "sharpness":
      return signed(most.enhance);
    case "posterize": {
      const [bits, fewer] = most.posterize;
      return { value: bits - roundHalfEven((level * fewer) / (levels - 1)), isSigned: false };
    }
    case "solarize":
      return { value: spaced(255, 0, level, levels), isSigned: false };
    default:
      return { value: 0, isSigned: false };
  }
}

/** One of evenly spaced numbers. */
const spaced = (start: number, end: number, level: number, levels: number): number =>
  start + ((end - start) * level) / (levels - 1);

/** Throws for fewer than two levels, and for a level that is not among them. */
export function checkLevels(where: string, levels: number, level = 0): void {
  if (!Number.isInteger(levels) || levels < 2) {
    throw new ConvkitError(
      where,
      `numMagnitudeBins is ${shown(levels)} — give a whole number from 2`,
    );
  }
  if (Number.isInteger(level) && level >= 0 && level < levels) return;
  throw new ConvkitError(
    where,
    `magnitude is ${shown(level)} — give one of the ${levels} levels, 0 to ${levels - 1}`,
  );
}

export const checkInterpolation = (where: string, { interpolation = "nearest" }: PolicyOptions) =>
  checkedWord(where, "interpolation", interpolation, warpInterpolations);
