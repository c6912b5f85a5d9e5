/** A few operations of one magnitude, each chosen evenly (Cubuk et al. 2020, arXiv:1909.13719). */
import { ConvkitError } from "../core/error.ts";
import { Random } from "../core/random.ts";
import { shown } from "./checks.ts";
import {
  applySteps,
  checkInterpolation,
  checkLevels,
  drawStep,
  type PolicyOperation,
  type PolicyOptions,
  type PolicyStep,
  usualMagnitudes,
} from "./policy-steps.ts";
import type { Transform, TransformKind, TransformSpec } from "./transform.ts";

export interface RandAugmentOptions extends PolicyOptions {
  /** 2 by default. */
  readonly numOps?: number;
  /** A level below numMagnitudeBins; 9 by default. */
  readonly magnitude?: number;
  /** 31 by default. */
  readonly numMagnitudeBins?: number;
}

// biome-ignore format: those of the paper's figure 1, as torchvision has them
export const randomOperations: readonly PolicyOperation[] = [
  "identity", "shearX", "shearY", "translateX", "translateY", "rotate", "brightness", "color", "contrast", "sharpness",
  "posterize", "solarize", "autoContrast", "equalize",
];

/** Its parameters are the steps. */
export function randAugment(options: RandAugmentOptions = {}): Transform<readonly PolicyStep[]> {
  const { numOps = 2, magnitude: level = 9, numMagnitudeBins = 31, ...rest } = options;
  checkLevels("randAugment", numMagnitudeBins, level);
  checkInterpolation("randAugment", rest);
  if (!Number.isInteger(numOps) || numOps < 0) {
    throw new ConvkitError("randAugment", `numOps is ${shown(numOps)} — give a whole number`);
  }
  return {
    name: "randAugment",
    draw(key, scene) {
      const random = Random.of(key);
      return Array.from({ length: numOps }, () => {
        const operation = randomOperations[random.int(randomOperations.length)];
        return drawStep(random, operation, [level, numMagnitudeBins], scene, usualMagnitudes);
      });
    },
    apply: (sample, steps) => applySteps(sample, steps, rest),
  };
}

export const randAugmentKind: TransformKind<RandAugmentOptions> = {
  settings: "numOps magnitude numMagnitudeBins interpolation fill fillMask",
  make: randAugment,
};

export const randAugmentSpec: TransformSpec = {
  name: "randAugment",
  summary: "a few operations of one magnitude",
  options:
    "numOps 2; magnitude 9; numMagnitudeBins 31; interpolation nearest (bilinear, bicubic); fill 0; fillMask 0",
  source: "Cubuk et al. 2020, arXiv:1909.13719; torchvision RandAugment",
  oracle: "torchvision 0.14 transforms.autoaugment: magnitudes and _apply_op on Pillow's pictures",
};
