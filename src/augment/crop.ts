/** A rectangle of a picture, and resizing: what lies on the picture moves along. */
import type { Image } from "../image/image.ts";
import type { Interpolation } from "../image/interpolation.ts";
import { resizedCrop } from "../image/resize.ts";
import { moved } from "./move.ts";
import { allPlaces, take, window } from "./take.ts";
import type { Sample, Size } from "./transform.ts";

/** A rectangle of pixels. */
export interface Window extends Size {
  readonly top: number;
  readonly left: number;
}

/** The part of a sample that lies in the window. What lies beyond the picture is black, class 0 in the mask. */
export function crop(sample: Sample, { top, left, height, width }: Window): Sample {
  const { image } = sample;
  const rows = window(allPlaces(image.height), top, height);
  const columns = window(allPlaces(image.width), left, width);
  const part = (picture: Image) => take(picture, rows, columns);
  return moved(sample, { image: part, mask: part, point: (x, y) => [x - left, y - top] });
}

/** A part of a sample, within the picture, in another size. */
export function resizedCropSample(
  sample: Sample,
  { top, left, height, width }: Window,
  size: Size,
  interpolation: Interpolation = "bilinear",
): Sample {
  const resized = (how: Interpolation) => (picture: Image) =>
    resizedCrop(picture, top, left, height, width, size.height, size.width, how);
  return moved(sample, {
    image: resized(interpolation),
    mask: resized("nearest"),
    point: (x, y) => [((x - left) * size.width) / width, ((y - top) * size.height) / height],
  });
}

/** A sample in another size. */
export const resizeSample = (sample: Sample, size: Size, interpolation?: Interpolation): Sample => {
  const { height, width } = sample.image;
  return resizedCropSample(sample, { top: 0, left: 0, height, width }, size, interpolation);
};
