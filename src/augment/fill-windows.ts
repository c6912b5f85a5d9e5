/** Rectangles of a picture in one colour. */
import type { Image } from "../image/image.ts";
import type { Window } from "./crop.ts";
import { type Fill, filled } from "./take.ts";

/** A copy of the picture; what of a rectangle lies beyond the edge is left out. */
export function fillWindows(image: Image, windows: readonly Window[], fill: Fill): Image {
  const { width, height, channels } = image;
  const data = image.data.slice();
  const colour = filled({ width: 1, height: 1, channels }, fill);
  for (const { top, left, height: rows, width: columns } of windows) {
    const end = Math.min(width, left + columns);
    for (let y = Math.max(0, top); y < Math.min(height, top + rows); y++) {
      for (let x = Math.max(0, left); x < end; x++) data.set(colour, (y * width + x) * channels);
    }
  }
  return { ...image, data };
}
