/** Mirrors top and bottom. */
import { type ChanceOptions, randomly } from "./chance.ts";
import { takeSample } from "./pad.ts";
import { allPlaces } from "./take.ts";
import type { Sample, Transform, TransformKind, TransformSpec } from "./transform.ts";

export const randomVerticalFlip = ({ p = 0.5 }: ChanceOptions = {}): Transform<boolean> =>
  randomly("randomVerticalFlip", p, verticalFlip);

/** y → height − y. */
export function verticalFlip(sample: Sample): Sample {
  const { height, width } = sample.image;
  const rows = allPlaces(height).reverse();
  return takeSample(sample, rows, allPlaces(width), {}, (x, y) => [x, height - y]);
}

export const randomVerticalFlipKind: TransformKind<ChanceOptions> = {
  settings: "p",
  make: randomVerticalFlip,
};

export const randomVerticalFlipSpec: TransformSpec = {
  name: "randomVerticalFlip",
  summary: "mirrors top and bottom",
  options: "p 0.5",
  source: "torchvision RandomVerticalFlip",
  oracle: "torchvision 0.14 functional_pil.vflip",
};
