/**
 * The artefacts of JPEG, without a file: what libjpeg's compression at a quality loses is worked out directly (`jpeg-blocks.ts`,
 * `jpeg-chroma.ts`), the same in Node and in browsers. Entropy coding loses nothing, so there is none.
 */
import { ConvkitError } from "../core/error.ts";
import type { Image } from "../image/image.ts";
import { checkedRange, shown } from "./checks.ts";
import { quantisation, throughBlocks } from "./jpeg-blocks.ts";
import { doubled, fromYcc, halved, toYcc } from "./jpeg-chroma.ts";
import { intBetween, pixelTransform } from "./pixel-transform.ts";
import type { Transform, TransformKind, TransformSpec } from "./transform.ts";

export interface ImageCompressionOptions {
  /** Worst and best of libjpeg's qualities, 1 … 100. */
  readonly qualityRange: readonly [number, number];
  /** How often; 0.5 by default. */
  readonly p?: number;
}

export function imageCompression({
  qualityRange,
  p = 0.5,
}: ImageCompressionOptions): Transform<{ readonly quality: number } | null> {
  checkedRange("imageCompression", "qualityRange", qualityRange, [1, 100]);
  if (!qualityRange.every(Number.isInteger)) {
    throw new ConvkitError(
      "imageCompression",
      `qualityRange is ${shown(qualityRange)} — give whole numbers, such as 30,95`,
    );
  }
  return pixelTransform(
    "imageCompression",
    p,
    (random) => ({ quality: intBetween(random, qualityRange) }),
    (image, { quality }) => jpegCompressed(image, quality),
  );
}

/** The picture as a JPEG of this quality shows it: colours at half the resolution (4:2:0), as by default in Pillow. */
export function jpegCompressed(image: Image, quality: number): Image {
  const luminance = quantisation("luminance", quality);
  const { width, height, channels, data } = image;
  if (channels === 1)
    return { ...image, data: throughBlocks({ width, height, data }, luminance).data };
  const [y, ...chroma] = toYcc(image);
  const chrominance = quantisation("chrominance", quality);
  const colours = chroma.map((plane) =>
    doubled(throughBlocks(halved(plane), chrominance), width, height),
  );
  return { ...image, data: fromYcc([throughBlocks(y, luminance), ...colours]) };
}

export const imageCompressionKind: TransformKind<ImageCompressionOptions> = {
  settings: "qualityRange p",
  make: imageCompression,
};

export const imageCompressionSpec: TransformSpec = {
  name: "imageCompression",
  summary: "the artefacts of a JPEG of a random quality",
  options: "qualityRange (of libjpeg, 1 to 100); p 0.5",
  source: "ITU T.81, annexes A and K; Albumentations ImageCompression",
  oracle: "Pillow 9.4 (libjpeg-turbo 2.1), saved and opened",
};
