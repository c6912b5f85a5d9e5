/** One of 25 learned pairs of operations, each with a probability and a magnitude (Cubuk et al. 2019, arXiv:1805.09501). */
import { Random } from "../core/random.ts";
import { type PolicyName, policies, type SubPolicy } from "./auto-augment-policies.ts";
import { checkedWord } from "./checks.ts";
import {
  applySteps,
  checkInterpolation,
  drawStep,
  type PolicyOptions,
  type PolicyStep,
  usualMagnitudes,
} from "./policy-steps.ts";
import type { Transform, TransformKind, TransformSpec } from "./transform.ts";

export interface AutoAugmentOptions extends PolicyOptions {
  /** What it was learned on: `imagenet` (the default), `cifar10` or `svhn`. */
  readonly policy?: PolicyName;
}

const LEVELS = 10;

/** Its parameters are the steps, at most two. */
export function autoAugment(options: AutoAugmentOptions = {}): Transform<readonly PolicyStep[]> {
  const { policy = "imagenet", ...rest } = options;
  checkedWord("autoAugment", "policy", policy, Object.keys(policies) as PolicyName[]);
  checkInterpolation("autoAugment", rest);
  const pairs: readonly SubPolicy[] = policies[policy];
  return {
    name: "autoAugment",
    draw(key, scene) {
      const random = Random.of(key);
      const [first, p1, level1, second, p2, level2] = pairs[random.int(pairs.length)];
      const step = (operation: typeof first, p: number, level: number): PolicyStep[] => {
        const drawn = drawStep(random, operation, [level, LEVELS], scene, usualMagnitudes);
        return random.uniform() < p ? [drawn] : [];
      };
      return [...step(first, p1, level1), ...step(second, p2, level2)];
    },
    apply: (sample, steps) => applySteps(sample, steps, rest),
  };
}

export const autoAugmentKind: TransformKind<AutoAugmentOptions> = {
  settings: "policy interpolation fill fillMask",
  make: autoAugment,
};

export const autoAugmentSpec: TransformSpec = {
  name: "autoAugment",
  summary: "one of 25 learned pairs of operations",
  options:
    "policy imagenet (cifar10, svhn); interpolation nearest (bilinear, bicubic); fill 0; fillMask 0",
  source: "Cubuk et al. 2019, arXiv:1805.09501, tables 7 to 9; torchvision AutoAugment",
  oracle:
    "torchvision 0.14 transforms.autoaugment: policies, magnitudes and _apply_op on Pillow's pictures",
};
