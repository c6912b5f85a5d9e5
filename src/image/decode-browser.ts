/**
 * Image files to pixels by what a browser decodes, JPEG, PNG, WebP, GIF and AVIF, and bitmaps by bmp.ts. As in Node
 * (decode-node.ts) a picture is turned as its EXIF orientation says and colour profiles are left aside. Two things differ: what is
 * wholly transparent is black, since a canvas keeps no hidden colours, and lossy files may differ by a grey level or two,
 * since decoders round differently.
 */
import { ConvkitError } from "../core/error.ts";
import { decodeBmp } from "./bmp.ts";
import { toRgb } from "./colour.ts";
import type { Image } from "./image.ts";
import { checkedFormat, damaged, PIXEL_LIMIT, tooLarge } from "./image-file.ts";

/** The pixels of an image file, red, green and blue; `file` is for errors. In pages and in workers. */
export async function decodeImage(bytes: Uint8Array | Blob, file = "image"): Promise<Image> {
  const all = bytes instanceof Blob ? new Uint8Array(await bytes.arrayBuffer()) : bytes;
  const format = checkedFormat(all, file);
  if (format === "bmp") return toRgb(decodeBmp(all, file));
  if (typeof createImageBitmap !== "function" || typeof OffscreenCanvas !== "function") {
    throw new ConvkitError(
      "image",
      "nothing decodes images here — in Node take decodeImage of convkit/image/node",
    );
  }
  const bitmap = await createImageBitmap(new Blob([all as Uint8Array<ArrayBuffer>]), {
    ...{ imageOrientation: "from-image", colorSpaceConversion: "none", premultiplyAlpha: "none" },
  }).catch((cause: unknown) => {
    throw damaged(file, cause instanceof Error ? cause.message : String(cause), cause);
  });
  const { width, height } = bitmap;
  try {
    if (width * height > PIXEL_LIMIT) throw tooLarge(file);
    const context = new OffscreenCanvas(width, height).getContext("2d", {
      willReadFrequently: true,
    }) as OffscreenCanvasRenderingContext2D;
    context.drawImage(bitmap, 0, 0);
    const { data: rgba } = context.getImageData(0, 0, width, height);
    const data = new Uint8Array(3 * width * height);
    for (let p = 0, o = 0; o < data.length; p += 4, o += 3) {
      data[o] = rgba[p];
      data[o + 1] = rgba[p + 1];
      data[o + 2] = rgba[p + 2];
    }
    return { width, height, channels: 3, data };
  } finally {
    bitmap.close();
  }
}
