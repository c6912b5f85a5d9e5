/**
 * Several chains of operations, mixed with each other and with the picture (Hendrycks et al. 2020, arXiv:1912.02781, algorithm 1):
 * m·picture + (1 − m)·Σ wᵢ·chainᵢ, m from Beta(α, α) and w from Dirichlet(α, …, α). Chains move the picture, of which
 * the original stays a part: masks, boxes and key points stay where they are.
 */
import { ConvkitError } from "../core/error.ts";
import { Random } from "../core/random.ts";
import { randomDirichlet } from "../core/random-beta.ts";
import type { Image } from "../image/image.ts";
import { shown } from "./checks.ts";
import {
  applySteps,
  checkInterpolation,
  drawStep,
  type Magnitudes,
  type PolicyOptions,
  type PolicyStep,
} from "./policy-steps.ts";
import { randomOperations } from "./rand-augment.ts";
import type { Transform, TransformKind, TransformSpec } from "./transform.ts";

export interface AugMixOptions extends PolicyOptions {
  /** Magnitudes are drawn from the lowest so many of ten levels; 3 by default. */
  readonly severity?: number;
  /** Chains; 3 by default. */
  readonly mixtureWidth?: number;
  /** Operations of each chain; −1, the default, draws 1 to 3. */
  readonly chainDepth?: number;
  /** Of Beta and Dirichlet; 1 by default, with which all mixtures are equally likely. */
  readonly alpha?: number;
  /** Whether brightness, colour, contrast and sharpness are among the operations, as by default. */
  readonly allOps?: boolean;
}

/** The picture's own weight comes first, then those of the chains; they sum to 1. */
export interface Mixture {
  readonly weights: readonly number[];
  readonly chains: readonly (readonly PolicyStep[])[];
}

const LEVELS = 10;

export const mixMagnitudes: Magnitudes = {
  shear: 0.3,
  translate: (size) => size / 3,
  rotate: 30,
  enhance: 0.9,
  posterize: [4, 4],
};

const enhancing = ["brightness", "color", "contrast", "sharpness"];

export function augMix(options: AugMixOptions = {}): Transform<Mixture> {
  const { severity = 3, mixtureWidth = 3, chainDepth = -1, alpha = 1, allOps = true } = options;
  const { interpolation = "bilinear", fill = 0 } = options;
  checkCount("severity", severity, [1, LEVELS]);
  checkCount("mixtureWidth", mixtureWidth, [1, 100]);
  if (chainDepth !== -1) checkCount("chainDepth", chainDepth, [1, 100]);
  if (!(alpha > 0)) throw new ConvkitError("augMix", `alpha is ${shown(alpha)} — give one above 0`);
  checkInterpolation("augMix", { interpolation });
  const operations = randomOperations.filter(
    (name) => name !== "identity" && (allOps || !enhancing.includes(name)),
  );
  return {
    name: "augMix",
    draw(key, scene) {
      const random = Random.of(key);
      const [own, rest] = randomDirichlet(random, [alpha, alpha]);
      const shares = randomDirichlet(random, Array<number>(mixtureWidth).fill(alpha));
      const chains = shares.map(() => {
        const depth = chainDepth > 0 ? chainDepth : 1 + random.int(3);
        return Array.from({ length: depth }, () => {
          const operation = operations[random.int(operations.length)];
          return drawStep(random, operation, [random.int(severity), LEVELS], scene, mixMagnitudes);
        });
      });
      return { weights: [own, ...shares.map((share) => share * rest)], chains };
    },
    apply: (sample, { weights, chains }) => {
      const { image } = sample;
      const changed = chains.map(
        (steps) => applySteps({ image }, steps, { interpolation, fill }).image,
      );
      return { ...sample, image: mixture([image, ...changed], weights) };
    },
  };
}

/** Sums in single precision, fractions cut off, as torchvision's tensors have them. */
function mixture(images: readonly Image[], weights: readonly number[]): Image {
  const sums = new Float32Array(images[0].data.length);
  images.forEach(({ data }, k) => {
    const weight = Math.fround(weights[k]);
    for (let i = 0; i < sums.length; i++) sums[i] += Math.fround(weight * data[i]);
  });
  return { ...images[0], data: Uint8Array.from(sums) };
}

function checkCount(what: string, count: number, [least, most]: readonly [number, number]): void {
  if (Number.isInteger(count) && count >= least && count <= most) return;
  throw new ConvkitError("augMix", `${what} is ${shown(count)} — give ${least} to ${most}`);
}

export const augMixKind: TransformKind<AugMixOptions> = {
  settings: "severity mixtureWidth chainDepth alpha allOps interpolation fill",
  make: augMix,
};

export const augMixSpec: TransformSpec = {
  name: "augMix",
  summary: "several chains of operations, mixed with each other and with the picture",
  options:
    "severity 3; mixtureWidth 3; chainDepth -1; alpha 1; allOps true; interpolation bilinear (nearest, bicubic); fill 0",
  source: "Hendrycks et al. 2020, arXiv:1912.02781; torchvision AugMix",
  oracle: "torchvision 0.14 transforms.AugMix with the same chains and weights",
};
