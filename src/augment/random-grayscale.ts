/** Grey, in as many channels as the picture has. */
import { type ChanceOptions, onImage, randomly } from "./chance.ts";
import { toGrayscale } from "./grayscale.ts";
import type { Transform, TransformKind, TransformSpec } from "./transform.ts";

export const randomGrayscale = ({ p = 0.1 }: ChanceOptions = {}): Transform<boolean> =>
  randomly(
    "randomGrayscale",
    p,
    onImage((image) => toGrayscale(image, image.channels)),
  );

export const randomGrayscaleKind: TransformKind<ChanceOptions> = {
  settings: "p",
  make: randomGrayscale,
};

export const randomGrayscaleSpec: TransformSpec = {
  name: "randomGrayscale",
  summary: "grey, in as many channels as the picture has",
  options: "p 0.1",
  source: "torchvision RandomGrayscale",
  oracle: "torchvision 0.14 functional_pil.to_grayscale",
};
