/** Spreads the values of each channel so that all of 0 … 255 are about equally frequent. */
import type { Image } from "../image/image.ts";
import { type ChanceOptions, onImage, randomly } from "./chance.ts";
import { histograms, lookup, lookupTable } from "./lookup-table.ts";
import type { Transform, TransformKind, TransformSpec } from "./transform.ts";

export const randomEqualize = ({ p = 0.5 }: ChanceOptions = {}): Transform<boolean> =>
  randomly("randomEqualize", p, onImage(equalized));

/** A channel whose pixels, all but those of its brightest value, are fewer than 255 stays as it is, as in Pillow. */
export function equalized(image: Image): Image {
  const tables = histograms(image).map((counts) => {
    const brightest = counts.findLast((count) => count > 0) ?? 0;
    const total = image.width * image.height;
    const step = Math.floor((total - brightest) / 255);
    if (step === 0) return lookupTable((byte) => byte);
    let before = Math.floor(step / 2);
    return lookupTable((byte) => {
      const level = Math.floor(before / step);
      before += counts[byte];
      return level;
    });
  });
  return lookup(image, tables);
}

export const randomEqualizeKind: TransformKind<ChanceOptions> = {
  settings: "p",
  make: randomEqualize,
};

export const randomEqualizeSpec: TransformSpec = {
  name: "randomEqualize",
  summary: "spreads the values of each channel evenly",
  options: "p 0.5",
  source: "torchvision RandomEqualize",
  oracle: "torchvision 0.14 functional_pil.equalize",
};
