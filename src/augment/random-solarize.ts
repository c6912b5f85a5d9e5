/** A negative of the bright pixels: 255 − every byte from the threshold on. */
import type { Image } from "../image/image.ts";
import { type ChanceOptions, onImage, randomly } from "./chance.ts";
import { checkedNumber } from "./checks.ts";
import { lookup, lookupTable } from "./lookup-table.ts";
import type { Transform, TransformKind, TransformSpec } from "./transform.ts";

export interface RandomSolarizeOptions extends ChanceOptions {
  /** 0 … 256: bytes below it stay as they are. */
  readonly threshold: number;
}

export function randomSolarize({ threshold, p = 0.5 }: RandomSolarizeOptions): Transform<boolean> {
  checkedNumber("randomSolarize", "threshold", threshold, [0, 256]);
  return randomly(
    "randomSolarize",
    p,
    onImage((image) => solarized(image, threshold)),
  );
}

export const solarized = (image: Image, threshold: number): Image =>
  lookup(
    image,
    lookupTable((byte) => (byte < threshold ? byte : 255 - byte)),
  );

export const randomSolarizeKind: TransformKind<RandomSolarizeOptions> = {
  settings: "threshold p",
  make: randomSolarize,
};

export const randomSolarizeSpec: TransformSpec = {
  name: "randomSolarize",
  summary: "a negative of the bright pixels",
  options: "threshold; p 0.5",
  source: "torchvision RandomSolarize",
  oracle: "torchvision 0.14 functional_pil.solarize",
};
