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
  const along = new Float32Array(data.length);
  const across = gaussianTaps(columns, sigma);
  const line = new Float32Array((width + columns - 1) * channels);
  const places = mirrored(width, columns >> 1);
  for (let y = 0; y < height; y++) {
    for (let x = 0, to = 0; x < places.length; x++) {
      const from = y * row + places[x] * channels;
      for (let c = 0; c < channels; c++) line[to++] = data[from + c];
    }
    for (let i = 0; i < row; i++) {
      let sum = 0;
      for (let k = 0, p = i; k < columns; k++, p += channels) sum += across[k] * line[p];
      along[y * row + i] = sum;
    }
  }
  const out = new Float32Array(data.length);
  const down = gaussianTaps(rows, sigma);
  const lines = mirrored(height, rows >> 1);
  for (let y = 0; y < height; y++) {
    for (let k = 0; k < rows; k++) {
      const [share, to, from] = [down[k], y * row, lines[y + k] * row];
      for (let i = 0; i < row; i++) out[to + i] += share * along[from + i];
    }
  }
  return out;
}

/** Their sum is 1. */
function gaussianTaps(size: number, sigma: number): Float64Array {
  const taps = Float64Array.from({ length: size }, (_, i) =>
    Math.exp(-0.5 * ((i - (size - 1) / 2) / sigma) ** 2),
  );
  const sum = taps.reduce((total, tap) => total + tap, 0);
  return taps.map((tap) => tap / sum);
}

/** The places of an axis with `radius` more before and after. */
const mirrored = (size: number, radius: number): Int32Array =>
  extended(allPlaces(size), radius, radius, "reflect");
