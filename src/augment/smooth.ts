/**
 * Gaussian smoothing of planes of numbers, along rows and then along columns, mirrored at the edges (the outermost pixel is not
 * repeated): torchvision's gaussian_blur, whose kernel ∝ exp(−x²/2σ²) has a given, odd size.
 */
import { allPlaces, extended } from "./take.ts";

export interface Planes {
  readonly height: number;
  readonly width: number;
  /** Interleaved, 1 for a single plane. */
  readonly channels: number;
}

export function smooth(
  data: Uint8Array | Float32Array,
  { height, width, channels }: Planes,
  [rows, columns]: readonly [number, number],
  sigma: number,
): Float32Array {
  const row = width * channels;
  const sums = new Float64Array(row);
  const along = new Float32Array(data.length);
  const across = gaussianTaps(columns >> 1, sigma);
  const places = mirrored(width, columns >> 1);
  const line = new Float32Array(places.length * channels);
  const starts = Int32Array.from({ length: columns }, (_, k) => k * channels);
  for (let y = 0; y < height; y++) {
    for (let x = 0, to = 0; x < places.length; x++) {
      const from = y * row + places[x] * channels;
      for (let c = 0; c < channels; c++) line[to++] = data[from + c];
    }
    sumPairs(sums, line, starts, across);
    along.set(sums, y * row);
  }
  const out = new Float32Array(data.length);
  const down = gaussianTaps(rows >> 1, sigma);
  const lines = mirrored(height, rows >> 1).map((line) => line * row);
  for (let y = 0; y < height; y++) {
    sumPairs(sums, along, lines.subarray(y, y + rows), down);
    out.set(sums, y * row);
  }
  return out;
}

/** The sum of lines that begin at `starts`, by their taps: those equally far from the middle share one. */
function sumPairs(
  sums: Float64Array,
  from: Float32Array,
  starts: Int32Array,
  taps: Float64Array,
): void {
  const middle = taps.length - 1;
  sums.fill(0);
  for (let k = 0; k <= middle; k++) {
    // The middle is its own pair.
    const tap = k === 0 ? taps[0] / 2 : taps[k];
    const before = starts[middle - k];
    const after = starts[middle + k];
    for (let i = 0; i < sums.length; i++) sums[i] += tap * (from[before + i] + from[after + i]);
  }
}

/** From the middle outwards; with those on the other side their sum is 1. */
function gaussianTaps(radius: number, sigma: number): Float64Array {
  const taps = Float64Array.from({ length: radius + 1 }, (_, i) =>
    Math.exp(-0.5 * (i / sigma) ** 2),
  );
  const sum = taps.reduce((total, tap) => total + 2 * tap, -1);
  return taps.map((tap) => tap / sum);
}

/** The places of an axis with `radius` more before and after. */
const mirrored = (size: number, radius: number): Int32Array =>
  extended(allPlaces(size), radius, radius, "reflect");
