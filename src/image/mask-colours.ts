/** Masks for people to look at: a colour for each class, alone or over the picture. */
import { ConvkitError } from "../core/error.ts";
import { toRgb } from "./colour.ts";
import type { Image } from "./image.ts";

/**
 * The colours of Pascal VOC's masks (Everingham et al. 2010, its development kit): the bits of a number are dealt out in turn to red, green
 * and blue, from the highest bit down.
 */
export function vocPalette(): Uint8Array {
  const palette = new Uint8Array(3 * 256);
  for (let number = 0; number < 256; number++) {
    for (let bit = 0; bit < 8; bit++) {
      const channel = bit % 3;
      const to = 7 - Math.floor(bit / 3);
      palette[3 * number + channel] |= ((number >> bit) & 1) << to;
    }
  }
  return palette;
}

/** The picture, half of it replaced by its classes' colours; class 0 and what is ignored stay as they are. */
export function overlay(image: Image, mask: Image, palette: Uint8Array = vocPalette()): Image {
  if (image.width !== mask.width || image.height !== mask.height) {
    throw new ConvkitError(
      "overlay",
      `a mask of ${mask.height}×${mask.width} on a picture of ${image.height}×${image.width} — give both one size`,
    );
  }
  const rgb = toRgb(image);
  const data = rgb.data.slice();
  for (let p = 0; p < mask.data.length; p++) {
    const number = mask.data[p];
    if (number === 0 || number === 255) continue;
    for (let c = 0; c < 3; c++) {
      data[3 * p + c] = (data[3 * p + c] + palette[3 * number + c]) >> 1;
    }
  }
  return { ...rgb, data };
}
