/** Pictures inside a page, so that it needs no other file. */
import { type Image, resize } from "../../image/index.ts";
import { encodeImage } from "../../image/node.ts";

export interface PagePicture {
  /** A `data:` address. */
  readonly source: string;
  /** Drawn with hard edges when it is this small. */
  readonly small: boolean;
}

/** Pixels of the longer side. */
const THUMBNAIL = 96;
const SMALL = 64;

export async function pagePicture(image: Image): Promise<PagePicture> {
  const { width, height } = image;
  const scale = Math.min(1, THUMBNAIL / Math.max(width, height));
  const size = [height, width].map((side) => Math.max(1, Math.round(side * scale)));
  const small = Math.max(width, height) <= SMALL;
  const format = small ? "png" : "webp";
  const bytes = await encodeImage(scale < 1 ? resize(image, size[0], size[1]) : image, format);
  const source = `data:image/${format};base64,${Buffer.from(bytes).toString("base64")}`;
  return { source, small };
}
