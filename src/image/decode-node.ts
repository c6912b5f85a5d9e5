/**
 * Image files to pixels: JPEG, PNG, WebP, GIF (its first frame), AVIF and TIFF by sharp (libvips), bitmaps by bmp.ts. The pixels
 * are those of Pillow's `ImageOps.exif_transpose(Image.open(file)).convert("RGB")`, the yardstick of torchvision:
 *
 *   - turned as the EXIF orientation says;
 *   - colour profiles left aside, also those of CMYK, which becomes RGB by (255 − K) · (255 − C) / 255;
 *   - what is transparent shows its hidden colour;
 *   - of 16 bits the higher 8. Pillow does so for colour; 16 bits of grey it clips to white, which helps nobody.
 *
 * Grey files give one channel, all others three.
 */
import sharp, { type Sharp } from "sharp";
import { readBytes } from "../formats/read-file-node.ts";
import { decodeBmp } from "./bmp.ts";
import { gifFrame, showGif } from "./gif.ts";
import type { Image } from "./image.ts";
import { checkedFormat, decodingFault, type ImageFormat, PIXEL_LIMIT } from "./image-file.ts";

/** `decodeImage` of a file. */
export const readImage = async (path: string): Promise<Image> =>
  decodeImage(await readBytes(path), path);

/** The pixels of an image file; `file` is for errors. What is no image, damaged, or claims too many pixels is refused in one line. */
export async function decodeImage(bytes: Uint8Array, file = "image"): Promise<Image> {
  const format = checkedFormat(bytes, file);
  if (format === "bmp") return decodeBmp(bytes, file);
  try {
    return await decode(bytes, format);
  } catch (cause) {
    throw decodingFault(file, cause);
  }
}

/** Height and width of the picture that `decodeImage` gives, from the file's header. */
export async function imageSize(
  bytes: Uint8Array,
  file = "image",
): Promise<Pick<Image, "height" | "width">> {
  if (checkedFormat(bytes, file) === "bmp") return decodeBmp(bytes, file);
  try {
    const { autoOrient } = await sharp(bytes, { limitInputPixels: PIXEL_LIMIT }).metadata();
    return autoOrient;
  } catch (cause) {
    throw decodingFault(file, cause);
  }
}

type Colours = "grey" | "grey16" | "cmyk" | "rgb";

async function decode(bytes: Uint8Array, format: ImageFormat): Promise<Image> {
  const picture = sharp(bytes, {
    ...{ failOn: "error", limitInputPixels: PIXEL_LIMIT, ignoreIcc: true, autoOrient: true },
  });
  const colours = coloursOf(bytes, format) ?? (await statedColours(picture));
  switch (colours) {
    case "grey":
      return raw(picture.removeAlpha().toColourspace("b-w"));
    case "grey16":
      return raw(picture.removeAlpha().toColourspace("grey16"), highBytes);
    case "cmyk":
      return raw(picture.pipelineColourspace("cmyk").toColourspace("cmyk"), cmykToRgb);
    case "rgb":
      if (format !== "gif") return raw(picture.removeAlpha());
      return raw(picture.ensureAlpha(), (rgba, width) => showGif(rgba, width, gifFrame(bytes)));
  }
}

type Convert = (data: Uint8Array, width: number) => Uint8Array;

async function raw(picture: Sharp, convert: Convert = (data) => data): Promise<Image> {
  const depth = convert === highBytes ? "ushort" : "uchar";
  const { data, info } = await picture.raw({ depth }).toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const converted = convert(data, width);
  const channels = converted.length / (width * height);
  if (channels !== 1 && channels !== 3) throw new Error(`decoded to ${channels} channels`);
  return { width, height, channels, data: converted };
}

/** Where the header says it in a fixed place: asking sharp takes a tenth of the time of a small photograph. */
function coloursOf(bytes: Uint8Array, format: ImageFormat): Colours | undefined {
  if (format === "webp" || format === "gif") return "rgb";
  if (format === "jpeg") return ({ 1: "grey", 3: "rgb", 4: "cmyk" } as const)[jpegChannels(bytes)];
  if (format !== "png") return undefined;
  const [depth, type] = [bytes[24], bytes[25]];
  const isGrey = type === 0 || type === 4;
  return isGrey ? (depth === 16 ? "grey16" : "grey") : "rgb";
}

async function statedColours(picture: Sharp): Promise<Colours> {
  const { space } = await picture.metadata();
  if (space === "b-w") return "grey";
  return space === "grey16" || space === "cmyk" ? space : "rgb";
}

/** The number of components in the frame header (ITU-T T.81, B.2.2); 0 where there is none. */
function jpegChannels(bytes: Uint8Array): number {
  for (let at = 2; at + 9 < bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1];
    const isFrame = (marker & 0xf0) === 0xc0 && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return bytes[at + 9];
    // 0xff may be repeated before a marker.
    at += marker === 0xff ? 1 : 2 + bytes[at + 2] * 256 + bytes[at + 3];
  }
  return 0;
}

/** Of little-endian pairs. */
const highBytes = (data: Uint8Array): Uint8Array =>
  Uint8Array.from({ length: data.length / 2 }, (_, i) => data[2 * i + 1]);

/** With Pillow's rounding (Convert.c, cmyk2rgb). */
function cmykToRgb(cmyk: Uint8Array): Uint8Array {
  const rgb = new Uint8Array((cmyk.length / 4) * 3);
  for (let p = 0, o = 0; p < cmyk.length; p += 4) {
    const light = 255 - cmyk[p + 3];
    for (let c = 0; c < 3; c++) {
      const product = cmyk[p + c] * light + 128;
      rgb[o++] = light - (((product >> 8) + product) >> 8);
    }
  }
  return rgb;
}
