/** A negative: 255 − every byte. */
import type { Image } from "../image/image.ts";
import { type ChanceOptions, onImage, randomly } from "./chance.ts";
import { lookup, lookupTable } from "./lookup-table.ts";
import type { Transform, TransformKind, TransformSpec } from "./transform.ts";

export const randomInvert = ({ p = 0.5 }: ChanceOptions = {}): Transform<boolean> =>
  randomly("randomInvert", p, onImage(inverted));

export const inverted = (image: Image): Image =>
  lookup(
    image,
    lookupTable((byte) => 255 - byte),
  );

export const randomInvertKind: TransformKind<ChanceOptions> = { settings: "p", make: randomInvert };

export const randomInvertSpec: TransformSpec = {
  name: "randomInvert",
  summary: "a negative: 255 − every byte",
  options: "p 0.5",
  source: "torchvision RandomInvert",
  oracle: "torchvision 0.14 functional_pil.invert",
};
