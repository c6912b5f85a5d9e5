/** Stretches each channel so that its darkest pixel is 0 and its brightest 255. */
import type { Image } from "../image/image.ts";
import { type ChanceOptions, onImage, randomly } from "./chance.ts";
import { histograms, lookup, lookupTable } from "./lookup-table.ts";
import type { Transform, TransformKind, TransformSpec } from "./transform.ts";

export const randomAutocontrast = ({ p = 0.5 }: ChanceOptions = {}): Transform<boolean> =>
  randomly("randomAutocontrast", p, onImage(autocontrasted));

/** A channel of one value only stays as it is. */
export function autocontrasted(image: Image): Image {
  const tables = histograms(image).map((counts) => {
    const low = counts.findIndex((count) => count > 0);
    const high = counts.findLastIndex((count) => count > 0);
    if (low === high) return lookupTable((byte) => byte);
    const scale = 255 / (high - low);
    return lookupTable((byte) => byte * scale - low * scale);
  });
  return lookup(image, tables);
}

export const randomAutocontrastKind: TransformKind<ChanceOptions> = {
  settings: "p",
  make: randomAutocontrast,
};

export const randomAutocontrastSpec: TransformSpec = {
  name: "randomAutocontrast",
  summary: "stretches each channel to 0 … 255",
  options: "p 0.5",
  source: "torchvision RandomAutocontrast",
  oracle: "torchvision 0.14 functional_pil.autocontrast",
};
