/**
 * The two passes of a resize, with Pillow's bytes (Resample.c): first along rows, then along columns; a weight is an integer
 * multiple of 2^−22, and the picture between the passes is rounded to bytes.
 *
 *   out(i) = Σ_j w(i, j) · in(j),   w(i, j) ∝ f((j + ½ − c) / s),   c = (i + ½) · in/out,   s = max(1, in/out)
 *
 * The sums run in WebAssembly (resample-code.ts). Tall pictures go through in bands, so that the memory, which never shrinks,
 * stays small.
 */
import type { Image } from "./image.ts";
import type { ResizeFilter } from "./interpolation.ts";
import { FRACTION_BITS, type Resampler, recordSize, resampler } from "./resample-code.ts";

/** One axis: the part of the input that is resized, the size that it would come to, and the part of that which is made. */
export interface Span {
  readonly from: number;
  readonly length: number;
  readonly size: number;
  readonly first: number;
  readonly count: number;
}

/** What each output adds up. */
interface Weights {
  /** First input position and number of inputs of each output. */
  readonly starts: Int32Array;
  readonly counts: Int32Array;
  /** `stride` weights for each output; the rest of a row is zeros. */
  readonly values: Int32Array;
  readonly stride: number;
}

/** Bytes of input that go through at once, unless one row of output needs more. */
const BAND = 2 ** 21;

export function resample(image: Image, rows: Span, columns: Span, filter: ResizeFilter): Image {
  const [down, across] = [weigh(rows, filter), weigh(columns, filter)];
  const { channels } = image;
  const data = new Uint8Array(rows.count * columns.count * channels);
  const made = { width: columns.count, height: rows.count, channels, data };
  const code = resampler();
  for (let first = 0; first < rows.count; ) {
    const end = bandEnd(down, first, image.width * channels);
    resampleBand(code, image, made, down, across, first, end);
    first = end;
  }
  return made;
}

/** The output row after the band that begins at `first`. */
function bandEnd({ starts, counts }: Weights, first: number, row: number): number {
  let end = first + 1;
  while (end < starts.length && (starts[end] + counts[end] - starts[first]) * row <= BAND) end++;
  return end;
}

/** Memory: the rows that are read, these resampled along, the result, and both lists of weights. */
function resampleBand(
  code: Resampler,
  image: Image,
  { width, channels, data }: Image,
  down: Weights,
  across: Weights,
  first: number,
  end: number,
): void {
  const top = down.starts[first];
  const height = down.starts[end - 1] + down.counts[end - 1] - top;
  const stride = image.width * channels;
  const row = width * channels;
  const strip = align(height * stride);
  const out = strip + align(height * row);
  const acrossAt = out + align((end - first) * row);
  const downAt = acrossAt + width * recordSize(across.stride);
  const bytes = code.memory(downAt + (end - first) * recordSize(down.stride));
  bytes.set(image.data.subarray(top * stride, (top + height) * stride));
  writeWeights(bytes, acrossAt, across, 0, width, 0, channels);
  writeWeights(bytes, downAt, down, first, end, top, row);
  const along = channels === 3 ? code.colourRows : code.greyRows;
  along(0, stride, height, strip, width, acrossAt, recordSize(across.stride));
  code.columns(strip, row, end - first, out, downAt, recordSize(down.stride));
  data.set(bytes.subarray(out, out + (end - first) * row), first * row);
}

/** To the next 16 bytes, and 16 more, since the code reads and writes whole vectors. */
const align = (bytes: number): number => (bytes + 31) & ~15;

/** Records of where an output's inputs begin, counted in bytes from input `origin` on, how many they are, and their weights. */
function writeWeights(
  bytes: Uint8Array,
  at: number,
  { starts, counts, values, stride }: Weights,
  first: number,
  end: number,
  origin: number,
  step: number,
): void {
  const size = recordSize(stride) / 4;
  const words = new Int32Array(bytes.buffer, at, (end - first) * size);
  for (let i = first, w = 0; i < end; i++, w += size) {
    words[w] = (starts[i] - origin) * step;
    words[w + 1] = counts[i];
    words.set(values.subarray(i * stride, (i + 1) * stride), w + 2);
  }
}

function weigh({ from, length, size, first, count }: Span, filter: ResizeFilter): Weights {
  const isSame = length === size;
  const scale = length / size;
  const widened = Math.max(1, scale);
  const reach = filter.support * widened;
  // A multiple of 4: the code takes so many at a time.
  const stride = isSame ? 4 : Math.ceil((Math.ceil(reach) * 2 + 1) / 4) * 4;
  const starts = new Int32Array(count);
  const counts = new Int32Array(count);
  const values = new Int32Array(count * stride);
  const parts = new Float64Array(stride);
  for (let i = 0; i < count; i++) {
    const center = (first + i + 0.5) * scale;
    const low = isSame ? first + i : Math.max(0, Math.trunc(center - reach + 0.5));
    const high = isSame ? low + 1 : Math.min(length, Math.trunc(center + reach + 0.5));
    starts[i] = from + low;
    counts[i] = high - low;
    let sum = 0;
    for (let k = 0; k < counts[i]; k++) {
      parts[k] = isSame ? 1 : filter.weight((k + low - center + 0.5) * (1 / widened));
      sum += parts[k];
    }
    for (let k = 0; k < counts[i]; k++) {
      const value = (sum === 0 ? parts[k] : parts[k] / sum) * 2 ** FRACTION_BITS;
      values[i * stride + k] = Math.trunc(value + (value < 0 ? -0.5 : 0.5));
    }
  }
  return { starts, counts, values, stride };
}
