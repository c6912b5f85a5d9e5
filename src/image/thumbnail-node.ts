/** Thumbnails of image files. JPEGs are decoded at an eighth of their size where that does, so this is quicker than decoding them. */
import sharp from "sharp";
import { decodeImage } from "./decode-node.ts";
import type { Image } from "./image.ts";
import { PIXEL_LIMIT } from "./image-file.ts";
import { THUMBNAIL_HEIGHT, THUMBNAIL_WIDTH, thumbnailOf } from "./thumbnail.ts";

/** Pixels that libvips leaves for each of a thumbnail's, by side: means of these hardly depend on the size of the file. */
const FINER = 4;

/** As `thumbnailOf`, H×W bytes; throws what `decodeImage` throws. `file` is what messages call it. */
export const readThumbnail = async (bytes: Uint8Array, file: string): Promise<Uint8Array> =>
  thumbnailOf((await decodeSmall(bytes)) ?? (await decodeImage(bytes, file)));

/** Undefined where sharp cannot: what is wrong, or how else the file is read, is for the decoder to say. */
async function decodeSmall(bytes: Uint8Array): Promise<Image | undefined> {
  try {
    const { data, info } = await sharp(bytes, { failOn: "error", limitInputPixels: PIXEL_LIMIT })
      .rotate()
      .flatten({ background: "#fff" })
      .resize(FINER * THUMBNAIL_WIDTH, FINER * THUMBNAIL_HEIGHT, { fit: "fill" })
      .toColourspace("srgb")
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    const { width, height, channels } = info;
    // Grey is made of colours in one place, by luma as Pillow does: libvips would add light.
    return channels === 1 || channels === 3 ? { width, height, channels, data } : undefined;
  } catch {
    return undefined;
  }
}
