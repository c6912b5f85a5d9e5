/**
 * Pictures resampled along any map: each pixel of the result looks at one place of the picture. Places are in pixels, the
 * middle of the first one being (0.5, 0.5), and are asked for a row at a time.
 *
 * `nearest`, `bilinear` and `bicubic` (the cubic through two pixels whose slopes are their neighbours' differences) have the
 * bytes of Pillow's Image.transform: a place outside the picture is the fill, one inside sees the edge repeated, and fractions are
 * cut off. `faded` has those of torchvision's grid_sample: towards the edge the picture turns into the fill, and the result is rounded.
 */
import { roundHalfEven } from "../core/round-half-even.ts";
import type { Image } from "../image/image.ts";
import { type Fill, filled } from "./take.ts";
import type { Size } from "./transform.ts";

export type WarpInterpolation = "nearest" | "bilinear" | "bicubic";

export const warpInterpolations: readonly WarpInterpolation[] = ["nearest", "bilinear", "bicubic"];

export type Sampling = WarpInterpolation | "faded";

/** Writes where the pixels of row `y` look. */
export type RowMap = (y: number, xs: Float64Array, ys: Float64Array) => void;

type RowSampler = (
  image: Image,
  xs: Float64Array,
  ys: Float64Array,
  data: Uint8Array,
  at: number,
) => void;

export function warp(
  image: Image,
  { height, width }: Size,
  map: RowMap,
  sampling: Sampling,
  fill: Fill = 0,
): Image {
  const { channels } = image;
  const data = filled({ height, width, channels }, fill);
  const sample: RowSampler = { nearest, bilinear, bicubic, faded }[sampling];
  const xs = new Float64Array(width);
  const ys = new Float64Array(width);
  for (let y = 0; y < height; y++) {
    map(y, xs, ys);
    sample(image, xs, ys, data, y * width * channels);
  }
  return { width, height, channels, data };
}

const nearest: RowSampler = ({ width, height, channels, data: from }, xs, ys, data, at) => {
  for (let i = 0, to = at; i < xs.length; i++, to += channels) {
    const x = Math.floor(xs[i]);
    const y = Math.floor(ys[i]);
    if (x < 0 || x >= width || y < 0 || y >= height) continue;
    const p = (y * width + x) * channels;
    for (let c = 0; c < channels; c++) data[to + c] = from[p + c];
  }
};

const bilinear: RowSampler = ({ width, height, channels, data: from }, xs, ys, data, at) => {
  for (let i = 0, to = at; i < xs.length; i++, to += channels) {
    const placeX = xs[i];
    const placeY = ys[i];
    if (!(placeX >= 0 && placeX < width && placeY >= 0 && placeY < height)) continue;
    const x = Math.floor(placeX - 0.5);
    const y = Math.floor(placeY - 0.5);
    const right = placeX - 0.5 - x;
    const down = placeY - 0.5 - y;
    const column0 = Math.max(0, x) * channels;
    const column1 = Math.min(width - 1, x + 1) * channels;
    const row0 = Math.max(0, y) * width * channels;
    const row1 = Math.min(height - 1, y + 1) * width * channels;
    for (let c = 0; c < channels; c++) {
      const upper = mix(from[row0 + column0 + c], from[row0 + column1 + c], right);
      const lower = mix(from[row1 + column0 + c], from[row1 + column1 + c], right);
      data[to + c] = mix(upper, lower, down);
    }
  }
};

const mix = (a: number, b: number, share: number): number => a + (b - a) * share;

const bicubic: RowSampler = ({ width, height, channels, data: from }, xs, ys, data, at) => {
  const columns = new Int32Array(4);
  const rows = new Float64Array(4);
  for (let i = 0, to = at; i < xs.length; i++, to += channels) {
    const placeX = xs[i];
    const placeY = ys[i];
    if (!(placeX >= 0 && placeX < width && placeY >= 0 && placeY < height)) continue;
    const x = Math.floor(placeX - 0.5);
    const y = Math.floor(placeY - 0.5);
    const right = placeX - 0.5 - x;
    for (let k = 0; k < 4; k++) {
      columns[k] = Math.min(width - 1, Math.max(0, x - 1 + k)) * channels;
    }
    for (let c = 0; c < channels; c++) {
      for (let k = 0; k < 4; k++) {
        const p = Math.min(height - 1, Math.max(0, y - 1 + k)) * width * channels + c;
        rows[k] = cubic(
          from[p + columns[0]],
          from[p + columns[1]],
          from[p + columns[2]],
          from[p + columns[3]],
          right,
        );
      }
      const value = cubic(rows[0], rows[1], rows[2], rows[3], placeY - 0.5 - y);
      data[to + c] = value <= 0 ? 0 : value >= 255 ? 255 : value;
    }
  }
};

function cubic(v0: number, v1: number, v2: number, v3: number, t: number): number {
  const square = 2 * (v0 - v1) + v2 - v3;
  const cube = -v0 + v1 - v2 + v3;
  return v1 + t * (-v0 + v2 + t * (square + t * cube));
}

/** The sum of the pixels that there are, by their share of the place; the fill has what they leave, and covers the sum once more by that. */
const faded: RowSampler = ({ width, height, channels, data: from }, xs, ys, data, at) => {
  for (let i = 0, to = at; i < xs.length; i++, to += channels) {
    const x = Math.floor(xs[i] - 0.5);
    const y = Math.floor(ys[i] - 0.5);
    if (!(x >= -1 && x < width && y >= -1 && y < height)) continue;
    const right = xs[i] - 0.5 - x;
    const down = ys[i] - 0.5 - y;
    const west = x >= 0 ? 1 - right : 0;
    const east = x + 1 < width ? right : 0;
    const north = y >= 0 ? 1 - down : 0;
    const south = y + 1 < height ? down : 0;
    const p = (y * width + x) * channels;
    const below = p + width * channels;
    const covered = (west + east) * (north + south);
    for (let c = 0; c < channels; c++) {
      let sum = 0;
      if (north > 0) sum += north * pair(from, p + c, channels, west, east);
      if (south > 0) sum += south * pair(from, below + c, channels, west, east);
      data[to + c] = roundHalfEven(sum * covered + (1 - covered) * data[to + c]);
    }
  }
};

/** Two neighbours, of which one may be missing. */
const pair = (from: Uint8Array, p: number, step: number, west: number, east: number): number =>
  (west > 0 ? west * from[p] : 0) + (east > 0 ? east * from[p + step] : 0);
