/**
 * Masks as PNG files: a class number for each pixel, as the index of a palette (Pascal VOC's, Pillow's mode P) or as a grey level.
 * Decoders give a palette's colours in place of its indices. Both lie in the file alike, so an indexed file is decoded as the grey one
 * that has its numbers for levels.
 */
import { deflateSync } from "node:zlib";
import sharp from "sharp";
import { ConvkitError } from "../core/error.ts";
import { isGrey } from "./colour.ts";
import { decodeImage } from "./decode-node.ts";
import type { Image } from "./image.ts";
import { damaged, PIXEL_LIMIT } from "./image-file.ts";
import { vocPalette } from "./mask-colours.ts";
import { readPngChunks, writePng } from "./png-chunks-node.ts";

/** Colour types of a PNG's header. */
const [GREY, INDEXED] = [0, 3];

/**
 * The numbers of a mask, one channel: indices, or grey levels as they are stored, 0 … 2ᵈ − 1 at d bits. `file` is for errors: of what is no
 * PNG, is damaged, has colours and no palette, or numbers beyond a byte.
 */
export async function decodeMask(bytes: Uint8Array, file = "mask"): Promise<Image> {
  const chunks = readPngChunks(bytes, file);
  const header = chunks[0]?.data;
  if (chunks[0]?.type !== "IHDR" || header.length !== 13) {
    throw damaged(file, "no PNG header", undefined);
  }
  const [depth, colours] = [header[8], header[9]];
  if (colours !== GREY && colours !== INDEXED) return greyOf(await decodeImage(bytes, file), file);
  const asGrey = header.slice();
  asGrey[9] = GREY;
  const data = chunks.filter(({ type }) => type === "IDAT" || type === "IEND");
  const stored = writePng([{ type: "IHDR", data: asGrey }, ...data]);
  return depth === 16 ? smallLevels(stored, file) : levels(stored, depth, file);
}

async function levels(png: Uint8Array, depth: number, file: string): Promise<Image> {
  const { data, width, height } = await rawOf(png, "b-w", file);
  // Fewer bits come spread over 0 … 255.
  const step = 255 / (2 ** depth - 1);
  return { width, height, channels: 1, data: step === 1 ? data : data.map((byte) => byte / step) };
}

async function smallLevels(png: Uint8Array, file: string): Promise<Image> {
  const { data: pairs, width, height } = await rawOf(png, "grey16", file);
  const data = new Uint8Array(width * height);
  for (let i = 0; i < data.length; i++) {
    if (pairs[2 * i + 1] > 0) {
      throw new ConvkitError(
        "mask",
        `${file}: has the number ${pairs[2 * i] + 256 * pairs[2 * i + 1]} — classes are 0 … 254`,
      );
    }
    data[i] = pairs[2 * i];
  }
  return { width, height, channels: 1, data };
}

async function rawOf(png: Uint8Array, space: "b-w" | "grey16", file: string) {
  try {
    const { data, info } = await sharp(png, { failOn: "error", limitInputPixels: PIXEL_LIMIT })
      .toColourspace(space)
      .raw({ depth: space === "b-w" ? "uchar" : "ushort" })
      .toBuffer({ resolveWithObject: true });
    return { data: new Uint8Array(data), width: info.width, height: info.height };
  } catch (cause) {
    throw damaged(file, String(cause instanceof Error ? cause.message : cause), cause);
  }
}

/** A grey picture that was saved in colour. */
function greyOf(image: Image, file: string): Image {
  if (isGrey(image)) {
    const { width, height, channels, data } = image;
    const numbers = Uint8Array.from({ length: width * height }, (_, i) => data[channels * i]);
    return { width, height, channels: 1, data: numbers };
  }
  const { data, width } = image;
  let p = 0;
  while (data[p] === data[p + 1] && data[p] === data[p + 2]) p += 3;
  const place = `column ${(p / 3) % width}, row ${Math.floor(p / 3 / width)}`;
  throw new ConvkitError(
    "mask",
    `${file}: has colours and no palette (${[...data.subarray(p, p + 3)].join(", ")} at ${place}), so nothing says which class each is — ` +
      "save it indexed or grey, a class number for each pixel",
  );
}

/**
 * An indexed PNG: the numbers are kept, and viewers show them in colours. `palette` has 3 bytes for each number, Pascal VOC's
 * by default.
 */
export function encodeMask(mask: Image, palette: Uint8Array = vocPalette()): Uint8Array {
  const { width, height, data } = mask;
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, INDEXED], 8);
  // Each row begins with the number of its filter: none.
  const rows = new Uint8Array(height * (width + 1));
  for (let y = 0; y < height; y++) {
    rows.set(data.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  }
  return writePng([
    { type: "IHDR", data: header },
    { type: "PLTE", data: palette },
    { type: "IDAT", data: deflateSync(rows) },
    { type: "IEND", data: new Uint8Array(0) },
  ]);
}
