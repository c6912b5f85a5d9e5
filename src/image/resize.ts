/**
 * Resizing and cropping with the bytes of Pillow, the yardstick of torchvision: Image.resize with its antialiased filters, and
 * torchvision's center_crop and resized_crop (functional.py).
 */
import { ConvkitError } from "../core/error.ts";
import { roundHalfEven } from "../core/round-half-even.ts";
import type { Image } from "./image.ts";
import { type Interpolation, isInterpolation, resizeFilters } from "./interpolation.ts";
import { resample, type Span } from "./resample.ts";

/** A rectangle in pixels. */
interface Part {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

interface Size {
  readonly height: number;
  readonly width: number;
}

/** A picture of height × width; bilinear unless `interpolation` says otherwise. */
export function resize(
  image: Image,
  height: number,
  width: number,
  interpolation?: Interpolation,
): Image {
  return resizePart(image, whole(image), { height, width }, undefined, interpolation);
}

/** A part of the picture resized: the crop first, then a resize that sees nothing beside it. */
export function resizedCrop(
  image: Image,
  top: number,
  left: number,
  height: number,
  width: number,
  outHeight: number,
  outWidth: number,
  interpolation?: Interpolation,
): Image {
  const part = { top, left, height, width };
  checkPart(image, part);
  const size = { height: outHeight, width: outWidth };
  return resizePart(image, part, size, undefined, interpolation);
}

/** The middle of a picture, as torchvision's center_crop takes it. */
export function centerCrop(image: Image, height: number, width: number): Image {
  return resizePart(image, whole(image), image, middle(image, height, width));
}

/**
 * The smallest resize that covers height × width, its middle kept: nothing is distorted. With `cropPct` below 1 it covers more,
 * and the crop keeps that share of it: 224 × 224 at 0.875 is torchvision's Resize(256), CenterCrop(224).
 */
export function resizeCover(
  image: Image,
  height: number,
  width: number,
  cropPct = 1,
  interpolation?: Interpolation,
): Image {
  const goals = [Math.floor(height / cropPct), Math.floor(width / cropPct)];
  const sizes = [image.height, image.width];
  // The axis that must grow most comes to its size, the other one follows, rounded down as torchvision does.
  const axis = goals[0] * sizes[1] >= goals[1] * sizes[0] ? 0 : 1;
  const [rows, columns] = sizes.map((size, i) =>
    i === axis ? goals[i] : Math.max(goals[i], Math.floor((goals[axis] * size) / sizes[axis])),
  );
  const size = { height: rows, width: columns };
  return resizePart(image, whole(image), size, middle(size, height, width), interpolation);
}

/** The `kept` part of what `part` of the picture is as a picture of `size`. */
function resizePart(
  image: Image,
  part: Part,
  size: Size,
  kept: Part = whole(size),
  interpolation: Interpolation = "bilinear",
): Image {
  const isSize = (n: number) => Number.isInteger(n) && n > 0;
  if (!isSize(size.height) || !isSize(size.width)) {
    const fact = `target size ${size.height}×${size.width}`;
    throw new ConvkitError("resize", `${fact} — give whole numbers above 0`);
  }
  if (!isInterpolation(interpolation)) {
    const known = Object.keys(resizeFilters).join(", ");
    throw new ConvkitError("resize", `interpolation "${interpolation}" is unknown — use ${known}`);
  }
  const rows: Span = {
    ...{ from: part.top, length: part.height, size: size.height },
    ...{ first: kept.top, count: kept.height },
  };
  const columns: Span = {
    ...{ from: part.left, length: part.width, size: size.width },
    ...{ first: kept.left, count: kept.width },
  };
  const filter = resizeFilters[interpolation];
  const isResized = part.height !== size.height || part.width !== size.width;
  return filter && isResized
    ? resample(image, rows, columns, filter)
    : take(image, nearest(rows), nearest(columns));
}

/** The pixels where these rows and columns meet. */
function take(image: Image, rows: Int32Array, columns: Int32Array): Image {
  const { width: stride, channels, data: from } = image;
  const [height, width] = [rows.length, columns.length];
  const data = new Uint8Array(height * width * channels);
  const isRun = columns[width - 1] - columns[0] === width - 1;
  for (let y = 0, o = 0; y < height; y++) {
    const start = rows[y] * stride * channels;
    if (isRun) {
      const first = start + columns[0] * channels;
      data.set(from.subarray(first, first + width * channels), y * width * channels);
      continue;
    }
    for (let x = 0; x < width; x++) {
      const p = start + columns[x] * channels;
      for (let c = 0; c < channels; c++, o++) data[o] = from[p + c];
    }
  }
  return { width, height, channels, data };
}

/** The input under the middle of each output. Positions are added up, with the rounding of Pillow's (Geometry.c). */
function nearest({ from, length, size, first, count }: Span): Int32Array {
  const step = length / size;
  const places = new Int32Array(count);
  let at = step * 0.5;
  for (let i = 0; i < first + count; i++, at += step) {
    if (i >= first) places[i - first] = from + Math.min(length - 1, Math.floor(at));
  }
  return places;
}

const whole = ({ height, width }: Size): Part => ({ top: 0, left: 0, height, width });

function middle(of: Size, height: number, width: number): Part {
  if (height > of.height || width > of.width) {
    const found = `${of.height}×${of.width}`;
    throw new ConvkitError("crop", `${height}×${width} is larger than the picture, ${found}`);
  }
  const top = roundHalfEven((of.height - height) / 2);
  const left = roundHalfEven((of.width - width) / 2);
  return { top, left, height, width };
}

function checkPart(image: Image, { top, left, height, width }: Part): void {
  const inside =
    top >= 0 && left >= 0 && top + height <= image.height && left + width <= image.width;
  if ([top, left, height, width].every(Number.isInteger) && height > 0 && width > 0 && inside)
    return;
  const part = `${height}×${width} from row ${top}, column ${left}`;
  const size = `${image.height}×${image.width}`;
  throw new ConvkitError("crop", `${part} is not within the picture, ${size} — give a part of it`);
}
