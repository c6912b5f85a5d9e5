/** Red, green and blue in another order, each order equally often. A grey picture stays as it is. */
import { Random } from "../core/random.ts";
import type { Image } from "../image/image.ts";
import { onImage } from "./chance.ts";
import type { Transform, TransformKind, TransformSpec } from "./transform.ts";

/** The channel that comes first, second and third. */
export type ChannelOrder = readonly number[];

export const randomChannelPermutation = (): Transform<ChannelOrder> => ({
  name: "randomChannelPermutation",
  draw: (key) => Random.of(key).shuffle([0, 1, 2]),
  apply: (sample, order) => onImage((image) => permuted(image, order))(sample),
});

export function permuted(image: Image, order: ChannelOrder): Image {
  if (image.channels === 1) return image;
  const { data: from } = image;
  const data = new Uint8Array(from.length);
  for (let c = 0; c < 3; c++) {
    for (let i = c, p = order[c]; i < data.length; i += 3, p += 3) data[i] = from[p];
  }
  return { ...image, data };
}

export const randomChannelPermutationKind: TransformKind = {
  settings: "",
  make: randomChannelPermutation,
};

export const randomChannelPermutationSpec: TransformSpec = {
  name: "randomChannelPermutation",
  summary: "red, green and blue in another order",
  options: "",
  source: "torchvision v2 RandomChannelPermutation",
  oracle: "NumPy indexing",
};
