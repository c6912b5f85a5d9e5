/**
 * Mirrors left and right; with `alternating` in every second epoch, of which it is drawn for each picture whether it is the first, so
 * that two epochs show both sides of all (Jordan 2024, arXiv:2404.00498, section 3.6).
 */
import { type ChanceOptions, randomly } from "./chance.ts";
import { takeSample } from "./pad.ts";
import { allPlaces } from "./take.ts";
import type { Sample, Transform, TransformKind, TransformSpec } from "./transform.ts";

export interface RandomHorizontalFlipOptions extends ChanceOptions {
  /** In turns instead of at random; false by default. */
  readonly alternating?: boolean;
}

export function randomHorizontalFlip({
  p = 0.5,
  alternating = false,
}: RandomHorizontalFlipOptions = {}): Transform<boolean> {
  const atRandom = randomly("randomHorizontalFlip", p, horizontalFlip);
  if (!alternating) return atRandom;
  return {
    ...atRandom,
    draw: (key, scene) =>
      scene.turn === undefined ? atRandom.draw(key, scene) : scene.turn % 2 === 1,
  };
}

/** x → width − x. */
export function horizontalFlip(sample: Sample): Sample {
  const { height, width } = sample.image;
  const columns = allPlaces(width).reverse();
  return takeSample(sample, allPlaces(height), columns, {}, (x, y) => [width - x, y]);
}

export const randomHorizontalFlipKind: TransformKind<RandomHorizontalFlipOptions> = {
  settings: "p alternating",
  make: randomHorizontalFlip,
};

export const randomHorizontalFlipSpec: TransformSpec = {
  name: "randomHorizontalFlip",
  summary: "mirrors left and right",
  options: "p 0.5; alternating false",
  source: "torchvision RandomHorizontalFlip",
  oracle: "torchvision 0.14 functional_pil.hflip",
};
