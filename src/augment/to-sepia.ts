/** The brown of old photographs: each channel is a weighted sum of all three. A grey picture stays as it is. */
import type { Image } from "../image/image.ts";
import type { ChanceOptions } from "./chance.ts";
import { onImage, randomly } from "./chance.ts";
import type { Transform, TransformKind, TransformSpec } from "./transform.ts";

export const toSepia = ({ p = 0.5 }: ChanceOptions = {}): Transform<boolean> =>
  randomly("toSepia", p, onImage(sepia));

export function sepia(image: Image): Image {
  if (image.channels === 1) return image;
  const { data: from } = image;
  const data = new Uint8ClampedArray(from.length);
  for (let i = 0; i < data.length; i += 3) {
    const [r, g, b] = [from[i], from[i + 1], from[i + 2]];
    data[i] = 0.393 * r + 0.769 * g + 0.189 * b;
    data[i + 1] = 0.349 * r + 0.686 * g + 0.168 * b;
    data[i + 2] = 0.272 * r + 0.534 * g + 0.131 * b;
  }
  return { ...image, data: new Uint8Array(data.buffer) };
}

export const toSepiaKind: TransformKind<ChanceOptions> = { settings: "p", make: toSepia };

export const toSepiaSpec: TransformSpec = {
  name: "toSepia",
  summary: "the brown of old photographs",
  options: "p 0.5",
  source: "Albumentations ToSepia",
  oracle: "OpenCV 4.6 transform with the matrix",
};
