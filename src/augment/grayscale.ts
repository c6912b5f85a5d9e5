/** Grey, in one channel or in three equal ones: the luma of ITU-R BT.601. */
import { toChannels, toGrey } from "../image/colour.ts";
import type { Image } from "../image/image.ts";
import { onImage } from "./chance.ts";
import { checkedWord } from "./checks.ts";
import type { Transform, TransformKind, TransformSpec } from "./transform.ts";

export interface GrayscaleOptions {
  /** 1 by default. */
  readonly numOutputChannels?: 1 | 3;
}

export function grayscale({ numOutputChannels = 1 }: GrayscaleOptions = {}): Transform<null> {
  checkedWord("grayscale", "numOutputChannels", numOutputChannels, [1, 3]);
  return {
    name: "grayscale",
    draw: () => null,
    apply: onImage((image) => toGrayscale(image, numOutputChannels)),
  };
}

export const toGrayscale = (image: Image, channels: 1 | 3): Image =>
  toChannels(toGrey(image), channels);

export const grayscaleKind: TransformKind<GrayscaleOptions> = {
  settings: "numOutputChannels",
  make: grayscale,
};

export const grayscaleSpec: TransformSpec = {
  name: "grayscale",
  summary: "grey, in one channel or in three equal ones",
  options: "numOutputChannels 1 (3)",
  source: "torchvision Grayscale",
  oracle: "torchvision 0.14 functional_pil.to_grayscale",
};
