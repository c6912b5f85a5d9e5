/**
 * Image files to pixels, by sharp (libvips): PNG, JPEG, WebP, GIF, AVIF, TIFF. A photograph is turned as its
 * EXIF orientation says. Pixels are 8-bit grey or sRGB; embedded colour profiles are left aside, as Pillow
 * and torchvision do; what is transparent lies on white (Pillow would show the hidden colour).
 */
import sharp from "sharp";
import { ConvkitError } from "../core/error.ts";
import { readBytes } from "../formats/read-file-node.ts";
import type { Image } from "./image.ts";

/** 16 k × 16 k: beyond it a header is taken for a lie, not for a picture. */
const PIXEL_LIMIT = 2 ** 28;

export const readImage = async (path: string): Promise<Image> =>
  decodeImage(await readBytes(path), path);

export async function decodeImage(bytes: Uint8Array, file = "image"): Promise<Image> {
  if (bytes.length === 0) {
    throw new ConvkitError("image", `${file}: the file is empty — copy it again or remove it`);
  }
  try {
    const options = { failOn: "error", limitInputPixels: PIXEL_LIMIT } as const;
    const { space } = await sharp(bytes, options).metadata();
    const picture = sharp(bytes, { ...options, ignoreIcc: space !== "cmyk" });
    const { data, info } = await picture
      .rotate()
      .flatten({ background: "#fff" })
      .toColourspace(space === "b-w" || space === "grey16" ? "b-w" : "srgb")
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    const { width, height, channels } = info;
    if (channels !== 1 && channels !== 3) throw new Error(`decoded to ${channels} channels`);
    return { width, height, channels, data };
  } catch (cause) {
    throw describe(cause, bytes, file);
  }
}

function describe(cause: unknown, bytes: Uint8Array, file: string): ConvkitError {
  const reason = String(cause instanceof Error ? cause.message : cause).split("\n")[0];
  const text = /unsupported image format/i.test(reason)
    ? `not an image that can be read (${bytes.length} bytes) — use PNG, JPEG or WebP, or remove it`
    : /pixel limit/i.test(reason)
      ? `its header claims more than ${PIXEL_LIMIT} pixels — make it smaller or check the file`
      : `truncated or damaged image (${reason}) — copy it again or remove it`;
  return new ConvkitError("image", `${file}: ${text}`, { cause });
}
