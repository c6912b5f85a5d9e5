/** A rectangle of a picture, and resizing: what lies on the picture moves along. */
import type { Image } from "../image/image.ts";
import { resize } from "../image/resize.ts";
import { moved } from "./move.ts";
import { allPlaces, nearestPlaces, take, window } from "./take.ts";
import type { Sample, Size } from "./transform.ts";

/** A rectangle of pixels; it may reach beyond the picture. */
export interface Window extends Size {
  readonly top: number;
  readonly left: number;
}

/** How pixels between pixels are found: Pillow's filters, which look at more pixels where a picture shrinks. */
export type Interpolation = "nearest" | "bilinear";

export const interpolations: readonly Interpolation[] = ["nearest", "bilinear"];

/** The part of a sample that lies in the window. What lies beyond the picture is black, class 0 in the mask. */
export function crop(sample: Sample, { top, left, height, width }: Window): Sample {
  const { image } = sample;
  const rows = window(allPlaces(image.height), top, height);
  const columns = window(allPlaces(image.width), left, width);
  const part = (picture: Image) => take(picture, rows, columns);
  return moved(sample, { image: part, mask: part, point: (x, y) => [x - left, y - top] });
}

/** A sample of another size. */
export function resizeSample(
  sample: Sample,
  { height, width }: Size,
  interpolation: Interpolation = "bilinear",
): Sample {
  const { image } = sample;
  if (image.height === height && image.width === width) return sample;
  const rows = nearestPlaces(image.height, height);
  const columns = nearestPlaces(image.width, width);
  const nearest = (picture: Image) => take(picture, rows, columns);
  return moved(sample, {
    image: interpolation === "nearest" ? nearest : () => resize(image, height, width),
    mask: nearest,
    point: (x, y) => [(x * width) / image.width, (y * height) / image.height],
  });
}
