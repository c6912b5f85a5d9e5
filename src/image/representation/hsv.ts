/**
 * Hue, saturation and value as Pillow's convert("HSV") has them, each a byte (Convert.c, rgb2hsv; after Smith 1978, "Color gamut
 * transform pairs"):
 *
 *   V = max(R, G, B),   S = ⌊255 · (V − min) / V⌋,   H = ⌊255 · h⌋, where h goes from 0 at red by ⅓ at green and ⅔ at blue
 *
 * What has no colour has H = S = 0.
 */

import { toRgb } from "../colour.ts";
import type { Image } from "../image.ts";
import { type Represent, writePlanes } from "./source.ts";

/** Three bytes a pixel: hue, saturation, value. */
export function toHsv(image: Image): Image {
  const { width, height, data: rgb } = toRgb(image);
  const data = new Uint8Array(rgb.length);
  for (let p = 0; p < rgb.length; p += 3) {
    const [r, g, b] = [rgb[p], rgb[p + 1], rgb[p + 2]];
    const value = Math.max(r, g, b);
    const range = value - Math.min(r, g, b);
    data[p + 2] = value;
    if (range === 0) continue;
    data[p] = Math.trunc(hue(r, g, b, value, range) * 255);
    data[p + 1] = Math.trunc(Math.fround(range / value) * 255);
  }
  return { width, height, channels: 3, data };
}

/** 0 … 1, in the single precision that Pillow computes it in. */
function hue(r: number, g: number, b: number, value: number, range: number): number {
  const away = (channel: number) => Math.fround((value - channel) / range);
  const sixth =
    r === value ? away(b) - away(g) : g === value ? 2 + away(r) - away(b) : 4 + away(g) - away(r);
  return Math.fround((Math.fround(sixth) / 6 + 1) % 1);
}

export const hsv: Represent = ({ image }, out, at) => writePlanes(toHsv(image).data, 3, out, at);
