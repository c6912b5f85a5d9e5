/** What an image file says of itself in its header, before any pixel is decoded. */
import sharp from "sharp";
import { checkedFormat, decodingFault, type ImageFormat, PIXEL_LIMIT } from "./image-file.ts";

export interface ImageDescription {
  readonly format: ImageFormat;
  /** How its pixels are kept: `grey`, `rgb`, `cmyk` or `palette`, with `16` for 16 bits and `+alpha` where some are transparent. */
  readonly mode: string;
  /** Its EXIF orientation says that it is shown turned or mirrored. */
  readonly isTurned: boolean;
}

/** Throws for what is no image; `file` is what messages call it. */
export async function describeImage(bytes: Uint8Array, file: string): Promise<ImageDescription> {
  const format = checkedFormat(bytes, file);
  if (format === "bmp") {
    const bits = new DataView(bytes.buffer, bytes.byteOffset).getUint16(28, true);
    return { format, mode: bits <= 8 ? "palette" : "rgb", isTurned: false };
  }
  try {
    const about = await sharp(bytes, { limitInputPixels: PIXEL_LIMIT }).metadata();
    const { space, depth, isPalette, hasAlpha, orientation = 1 } = about;
    const colours = space === "cmyk" ? space : /^(b-w|grey16)$/.test(space) ? "grey" : "rgb";
    const mode = isPalette ? "palette" : `${colours}${depth === "ushort" ? "16" : ""}`;
    return { format, mode: `${mode}${hasAlpha ? "+alpha" : ""}`, isTurned: orientation > 1 };
  } catch (cause) {
    throw decodingFault(file, cause);
  }
}
