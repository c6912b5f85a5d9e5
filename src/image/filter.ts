/**
 * Kernels over pictures: the sum of each pixel's neighbours times the kernel, rounded to the nearest byte (halves to
 * the even one) and clamped to 0 … 255. Kernels are those of `nn.kernels`, or `{ shape, values }` of your own; they are
 * not turned, and the pixel stands under row ⌊(rows − 1)/2⌋ and column ⌊(columns − 1)/2⌋.
 */
import { checkPaddingMode, type PaddingMode } from "../nn/convolution/pad-mode.ts";
import { emboss as embossKernel } from "../nn/kernels/emboss.ts";
import { type GaussianOptions, gaussian } from "../nn/kernels/gaussian.ts";
import { checkKernel, type Kernel } from "../nn/kernels/kernel.ts";
import { type SharpenOptions, sharpen as sharpenKernel } from "../nn/kernels/sharpen.ts";
import { sobel } from "../nn/kernels/sobel.ts";
import type { Image } from "./image.ts";

export interface FilterOptions {
  /** What lies beyond the edge, see `nn.conv2d`; the picture mirrored by default. */
  readonly paddingMode?: PaddingMode;
  /** Added to every sum: 128 shows differences as lighter and darker than grey. */
  readonly offset?: number;
}

/** A picture of the same size, each channel filtered by itself. */
export function filterImage(image: Image, kernel: Kernel, options: FilterOptions = {}): Image {
  const { paddingMode = "reflect", offset = 0 } = options;
  return toImage(image, correlate(image, kernel, paddingMode), (sum) => sum + offset);
}

/** Gaussian blur; its radius is 4 standard deviations unless `size` or `truncate` say otherwise. */
export const blur = (image: Image, options: GaussianOptions & FilterOptions): Image =>
  filterImage(image, gaussian(options), options);

/** `amount` 0 changes nothing; 1 by default. */
export const sharpen = (image: Image, options: SharpenOptions & FilterOptions = {}): Image =>
  filterImage(image, sharpenKernel(options), options);

/** A relief lit from the top left. */
export const emboss = (image: Image, options: FilterOptions = {}): Image =>
  filterImage(image, embossKernel(), options);

export interface SobelOptions {
  readonly paddingMode?: PaddingMode;
  /** 1 by default, at which an edge of 32 grey levels is already white; with ⅛ a level counts as one. */
  readonly scale?: number;
}

/** How fast the brightness changes, √(x² + y²) of the two Sobel derivatives: edges are bright. */
export function sobelMagnitude(image: Image, options: SobelOptions = {}): Image {
  const { paddingMode = "reflect", scale = 1 } = options;
  const [x, y] = (["x", "y"] as const).map((d) => correlate(image, sobel(d), paddingMode));
  return toImage(image, x, (dx, at) => scale * Math.hypot(dx, y[at]));
}

function toImage(like: Image, sums: Float64Array, f: (sum: number, at: number) => number): Image {
  // Assignment rounds halves to even, and clamps.
  const data = new Uint8ClampedArray(sums.length);
  for (let at = 0; at < data.length; at++) data[at] = f(sums[at], at);
  const { width, height, channels } = like;
  return { width, height, channels, data: new Uint8Array(data.buffer) };
}

/** A kernel that is a column times a row is applied as the two, one after the other. */
function correlate(image: Image, kernel: Kernel, mode: PaddingMode): Float64Array {
  checkKernel("filterImage", kernel);
  checkPaddingMode("filterImage", mode);
  const parts = separate(kernel) ?? [kernel];
  return parts.reduce<Float64Array>(
    (data, part) => correlateOnce({ ...image, data }, part, mode),
    Float64Array.from(image.data),
  );
}

interface Plane {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Float64Array;
}

function correlateOnce(
  { width, height, channels, data }: Plane,
  { shape: [rows, columns], values }: Kernel,
  mode: PaddingMode,
): Float64Array {
  const sums = new Float64Array(data.length);
  const rowAt = neighbours(height, rows, mode);
  const columnAt = neighbours(width, columns, mode);
  for (let y = 0; y < height; y++)
    for (let i = 0; i < rows; i++) {
      const row = rowAt[y * rows + i];
      if (row < 0) continue;
      for (let x = 0; x < width; x++)
        for (let j = 0; j < columns; j++) {
          const column = columnAt[x * columns + j];
          if (column < 0) continue;
          const weight = values[i * columns + j];
          const from = (row * width + column) * channels;
          const to = (y * width + x) * channels;
          for (let c = 0; c < channels; c++) sums[to + c] += weight * data[from + c];
        }
    }
  return sums;
}

/** For each place of an axis the places under the kernel, −1 where zeros lie. */
function neighbours(size: number, kernel: number, mode: PaddingMode): Int32Array {
  const before = Math.floor((kernel - 1) / 2);
  const modulo = (i: number, n: number) => ((i % n) + n) % n;
  const inside = {
    zeros: (i: number) => (i < 0 || i >= size ? -1 : i),
    replicate: (i: number) => Math.min(Math.max(i, 0), size - 1),
    circular: (i: number) => modulo(i, size),
    reflect: (i: number) => {
      const turn = modulo(i, Math.max(1, 2 * (size - 1)));
      return Math.min(turn, 2 * (size - 1) - turn);
    },
  }[mode];
  return Int32Array.from({ length: size * kernel }, (_, at) =>
    inside(Math.floor(at / kernel) + (at % kernel) - before),
  );
}

/** The kernel as a row and a column, where it is their product up to rounding. */
function separate({ shape: [rows, columns], values }: Kernel): [Kernel, Kernel] | undefined {
  if (rows === 1 || columns === 1) return undefined;
  const sizes = values.map(Math.abs);
  const largest = Math.max(...sizes);
  const pivot = sizes.indexOf(largest);
  const [top, left] = [Math.floor(pivot / columns), pivot % columns];
  const row = values.slice(top * columns, (top + 1) * columns);
  const column = Array.from({ length: rows }, (_, i) => values[i * columns + left] / values[pivot]);
  const isProduct = values.every((value, at) => {
    const product = column[Math.floor(at / columns)] * row[at % columns];
    return Math.abs(value - product) <= 1e-14 * largest;
  });
  if (!isProduct) return undefined;
  return [
    { shape: [1, columns], values: row },
    { shape: [rows, 1], values: column },
  ];
}
