/**
 * Antialiased bilinear resizing with the bytes of Pillow's Image.resize(BILINEAR), the yardstick of
 * torchvision: a triangle filter, widened by the shrink factor, first along rows and then along columns.
 * A weight is an integer multiple of 2^−22, and the picture between the two passes is rounded to bytes.
 *
 *   out(i) = Σ_j w(i, j) · in(j),   w(i, j) ∝ 1 − |j + ½ − c| / s,   c = (i + ½) · in/out,   s = max(1, in/out)
 */
import { ConvkitError } from "../core/error.ts";
import { roundHalfEven } from "../core/round-half-even.ts";
import type { Image } from "./image.ts";

/** 32 bits less 8 for a pixel and 2 of headroom (Pillow, Resample.c). */
const PRECISION = 22;

interface Weights {
  /** First input position and number of inputs of each output. */
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** `stride` weights for each output. */
  readonly values: Int32Array;
  readonly stride: number;
}

export function resize(image: Image, height: number, width: number): Image {
  for (const size of [height, width]) {
    if (!Number.isInteger(size) || size < 1) {
      throw new ConvkitError(
        "resize",
        `target size ${height}×${width} — give whole numbers above 0`,
      );
    }
  }
  const rows = width === image.width ? image : resizeRows(image, width);
  return height === image.height ? rows : resizeColumns(rows, height);
}

/** The middle of a picture, as torchvision's center_crop takes it. */
export function centerCrop(image: Image, height: number, width: number): Image {
  if (height > image.height || width > image.width) {
    const found = `${image.height}×${image.width}`;
    throw new ConvkitError("crop", `${height}×${width} is larger than the picture, ${found}`);
  }
  const top = roundHalfEven((image.height - height) / 2);
  const left = roundHalfEven((image.width - width) / 2);
  const { channels } = image;
  const data = new Uint8Array(height * width * channels);
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * image.width + left) * channels;
    data.set(image.data.subarray(from, from + width * channels), y * width * channels);
  }
  return { width, height, channels, data };
}

/**
 * The smallest resize that covers height × width, its middle kept: nothing is distorted. With `cropPct` below 1 it covers more,
 * and the crop keeps that share of it: 224 × 224 at 0.875 is torchvision's Resize(256), CenterCrop(224).
 */
export function resizeCover(image: Image, height: number, width: number, cropPct = 1): Image {
  const goals = [Math.floor(height / cropPct), Math.floor(width / cropPct)];
  const sizes = [image.height, image.width];
  // The axis that must grow most comes to its size, the other one follows, rounded down as torchvision does.
  const axis = goals[0] * sizes[1] >= goals[1] * sizes[0] ? 0 : 1;
  const [rows, columns] = sizes.map((size, i) =>
    i === axis ? goals[i] : Math.max(goals[i], Math.floor((goals[axis] * size) / sizes[axis])),
  );
  return centerCrop(resize(image, rows, columns), height, width);
}

function resizeRows(image: Image, width: number): Image {
  const { height, channels, data: from } = image;
  const { first, count, values, stride } = triangle(image.width, width);
  const data = new Uint8Array(height * width * channels);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const start = (y * image.width + first[x]) * channels;
      for (let c = 0; c < channels; c++) {
        let sum = 1 << (PRECISION - 1);
        for (let k = 0, p = start + c; k < count[x]; k++, p += channels) {
          sum += values[x * stride + k] * from[p];
        }
        data[(y * width + x) * channels + c] = clip(sum >> PRECISION);
      }
    }
  }
  return { width, height, channels, data };
}

function resizeColumns(image: Image, height: number): Image {
  const { width, channels, data: from } = image;
  const { first, count, values, stride } = triangle(image.height, height);
  const row = width * channels;
  const data = new Uint8Array(height * row);
  for (let y = 0; y < height; y++) {
    for (let i = 0; i < row; i++) {
      let sum = 1 << (PRECISION - 1);
      for (let k = 0, p = first[y] * row + i; k < count[y]; k++, p += row) {
        sum += values[y * stride + k] * from[p];
      }
      data[y * row + i] = clip(sum >> PRECISION);
    }
  }
  return { width, height, channels, data };
}

const clip = (value: number): number => Math.min(255, Math.max(0, value));

function triangle(from: number, to: number): Weights {
  const scale = from / to;
  const support = Math.max(1, scale);
  const stride = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(to);
  const count = new Int32Array(to);
  const values = new Int32Array(to * stride);
  for (let i = 0; i < to; i++) {
    const center = (i + 0.5) * scale;
    const low = Math.max(0, Math.trunc(center - support + 0.5));
    const high = Math.min(from, Math.trunc(center + support + 0.5));
    const weights = new Array<number>(high - low);
    let sum = 0;
    for (let k = 0; k < weights.length; k++) {
      weights[k] = Math.max(0, 1 - Math.abs((k + low - center + 0.5) / support));
      sum += weights[k];
    }
    first[i] = low;
    count[i] = weights.length;
    for (const [k, weight] of weights.entries()) {
      values[i * stride + k] = Math.trunc(0.5 + (weight / sum) * 2 ** PRECISION);
    }
  }
  return { first, count, values, stride };
}
