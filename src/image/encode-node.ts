/** Pictures as files, by sharp (libvips). */
import sharp from "sharp";
import type { Image } from "./image.ts";

/** PNG and lossless WebP keep every byte. */
export type ImageFormat = "png" | "webp" | "jpeg";

export async function encodeImage(image: Image, format: ImageFormat = "png"): Promise<Uint8Array> {
  const { width, height, channels, data } = image;
  const picture = sharp(data, { raw: { width, height, channels } });
  if (channels === 1) picture.toColourspace("b-w");
  return new Uint8Array(await picture.toFormat(format).toBuffer());
}
