/** One operation of any magnitude, both chosen evenly, from wider ranges (Müller and Hutter 2021, arXiv:2103.10158, table 1). */
import { Random } from "../core/random.ts";
import {
  applySteps,
  checkInterpolation,
  checkLevels,
  drawStep,
  type Magnitudes,
  type PolicyOptions,
  type PolicyStep,
} from "./policy-steps.ts";
import { randomOperations } from "./rand-augment.ts";
import type { Transform, TransformKind, TransformSpec } from "./transform.ts";

export interface TrivialAugmentWideOptions extends PolicyOptions {
  /** 31 by default. */
  readonly numMagnitudeBins?: number;
}

export const wideMagnitudes: Magnitudes = {
  shear: 0.99,
  translate: () => 32,
  rotate: 135,
  enhance: 0.99,
  posterize: [8, 6],
};

/** Its parameter is the step. */
export function trivialAugmentWide(options: TrivialAugmentWideOptions = {}): Transform<PolicyStep> {
  const { numMagnitudeBins = 31, ...rest } = options;
  checkLevels("trivialAugmentWide", numMagnitudeBins);
  checkInterpolation("trivialAugmentWide", rest);
  return {
    name: "trivialAugmentWide",
    draw(key, scene) {
      const random = Random.of(key);
      const operation = randomOperations[random.int(randomOperations.length)];
      const level = random.int(numMagnitudeBins);
      return drawStep(random, operation, [level, numMagnitudeBins], scene, wideMagnitudes);
    },
    apply: (sample, step) => applySteps(sample, [step], rest),
  };
}

export const trivialAugmentWideKind: TransformKind<TrivialAugmentWideOptions> = {
  settings: "numMagnitudeBins interpolation fill fillMask",
  make: trivialAugmentWide,
};

export const trivialAugmentWideSpec: TransformSpec = {
  name: "trivialAugmentWide",
  summary: "one operation of any magnitude",
  options: "numMagnitudeBins 31; interpolation nearest (bilinear, bicubic); fill 0; fillMask 0",
  source: "Müller and Hutter 2021, arXiv:2103.10158; torchvision TrivialAugmentWide",
  oracle: "torchvision 0.14 transforms.autoaugment: magnitudes and _apply_op on Pillow's pictures",
};
