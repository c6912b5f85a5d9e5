/** A picture as 18×16 grey pixels, each the mean of its part: what tells copies of a photograph from others. */
import type { Image } from "./image.ts";

export const THUMBNAIL_WIDTH = 18;
export const THUMBNAIL_HEIGHT = 16;

/** H×W bytes. Smaller pictures repeat pixels. */
export function thumbnailOf({ width, height, channels, data }: Image): Uint8Array {
  const out = new Uint8Array(THUMBNAIL_HEIGHT * THUMBNAIL_WIDTH);
  const range = (i: number, parts: number, size: number): [number, number] => {
    const start = Math.floor((i * size) / parts);
    return [start, Math.max(start + 1, Math.floor(((i + 1) * size) / parts))];
  };
  for (let i = 0; i < out.length; i++) {
    const [top, bottom] = range(Math.floor(i / THUMBNAIL_WIDTH), THUMBNAIL_HEIGHT, height);
    const [left, right] = range(i % THUMBNAIL_WIDTH, THUMBNAIL_WIDTH, width);
    let sum = 0;
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) {
        const at = (y * width + x) * channels;
        // ITU-R 601-2 luma.
        sum +=
          channels === 1
            ? data[at]
            : 0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2];
      }
    }
    out[i] = Math.round(sum / ((bottom - top) * (right - left)));
  }
  return out;
}
