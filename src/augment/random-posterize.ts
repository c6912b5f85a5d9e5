/** Keeps the highest bits of every byte. */
import { ConvkitError } from "../core/error.ts";
import type { Image } from "../image/image.ts";
import { type ChanceOptions, onImage, randomly } from "./chance.ts";
import { shown } from "./checks.ts";
import { lookup, lookupTable } from "./lookup-table.ts";
import type { Transform, TransformKind, TransformSpec } from "./transform.ts";

export interface RandomPosterizeOptions extends ChanceOptions {
  /** How many, 0 … 8. */
  readonly bits: number;
}

export function randomPosterize({ bits, p = 0.5 }: RandomPosterizeOptions): Transform<boolean> {
  if (!Number.isInteger(bits) || bits < 0 || bits > 8) {
    throw new ConvkitError(
      "randomPosterize",
      `bits is ${shown(bits)} — give a whole number, 0 … 8`,
    );
  }
  return randomly(
    "randomPosterize",
    p,
    onImage((image) => posterized(image, bits)),
  );
}

export const posterized = (image: Image, bits: number): Image =>
  lookup(
    image,
    lookupTable((byte) => byte & -(2 ** (8 - bits))),
  );

export const randomPosterizeKind: TransformKind<RandomPosterizeOptions> = {
  settings: "bits p",
  make: randomPosterize,
};

export const randomPosterizeSpec: TransformSpec = {
  name: "randomPosterize",
  summary: "keeps the highest bits of every byte",
  options: "bits; p 0.5",
  source: "torchvision RandomPosterize",
  oracle: "torchvision 0.14 functional_pil.posterize",
};
