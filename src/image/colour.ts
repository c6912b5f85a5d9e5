/** Grey and colour, with the arithmetic of Pillow's convert(), so that models see what they were trained on. */
import { ConvkitError } from "../core/error.ts";
import type { Image } from "./image.ts";

/** L = (R·19595 + G·38470 + B·7471 + 2^15) / 2^16: ITU-R BT.601 luma, 0.299 R + 0.587 G + 0.114 B. */
export function toGrey(image: Image): Image {
  if (image.channels === 1) return image;
  const { width, height, data: rgb } = image;
  const data = new Uint8Array(width * height);
  for (let i = 0, p = 0; i < data.length; i++, p += 3) {
    data[i] = (rgb[p] * 19595 + rgb[p + 1] * 38470 + rgb[p + 2] * 7471 + 0x8000) >> 16;
  }
  return { width, height, channels: 1, data };
}

export function toRgb(image: Image): Image {
  if (image.channels === 3) return image;
  const { width, height, data: grey } = image;
  const data = new Uint8Array(3 * width * height);
  for (let i = 0; i < data.length; i++) data[i] = grey[Math.floor(i / 3)];
  return { width, height, channels: 3, data };
}

export function toChannels(image: Image, channels: number): Image {
  if (channels === 1) return toGrey(image);
  if (channels === 3) return toRgb(image);
  throw new ConvkitError(
    "image",
    `a picture has 1 (grey) or 3 (colour) channels, the model wants ${channels} — give it an .npy array`,
  );
}

/** True when no pixel has any colour. */
export function isGrey(image: Image): boolean {
  const { channels, data } = image;
  if (channels === 1) return true;
  for (let p = 0; p < data.length; p += 3) {
    if (data[p] !== data[p + 1] || data[p] !== data[p + 2]) return false;
  }
  return true;
}
