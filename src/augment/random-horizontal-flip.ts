/** Mirrors left and right. */
import { type ChanceOptions, randomly } from "./chance.ts";
import { takeSample } from "./pad.ts";
import { allPlaces } from "./take.ts";
import type { Sample, Transform, TransformKind, TransformSpec } from "./transform.ts";

export const randomHorizontalFlip = ({ p = 0.5 }: ChanceOptions = {}): Transform<boolean> =>
  randomly("randomHorizontalFlip", p, horizontalFlip);

/** x → width − x. */
export function horizontalFlip(sample: Sample): Sample {
  const { height, width } = sample.image;
  const columns = allPlaces(width).reverse();
  return takeSample(sample, allPlaces(height), columns, {}, (x, y) => [width - x, y]);
}

export const randomHorizontalFlipKind: TransformKind<ChanceOptions> = {
  settings: "p",
  make: randomHorizontalFlip,
};

export const randomHorizontalFlipSpec: TransformSpec = {
  name: "randomHorizontalFlip",
  summary: "mirrors left and right",
  options: "p 0.5",
  source: "torchvision RandomHorizontalFlip",
  oracle: "torchvision 0.14 functional_pil.hflip",
};
