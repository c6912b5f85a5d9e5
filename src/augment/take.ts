/**
 * Pictures made of rows and columns of another: crops, padding and flips are all out(y, x) = in(rows(y), columns(x)), with a
 * fill where there is no such row or column.
 */
import { ConvkitError } from "../core/error.ts";
import type { Image } from "../image/image.ts";

/** What lies beyond the edge: a colour, the edge, or the picture mirrored, without its edge or with it. */
export type PaddingMode = "constant" | "edge" | "reflect" | "symmetric";

export const paddingModes: readonly PaddingMode[] = ["constant", "edge", "reflect", "symmetric"];

/** One grey level for all channels, or one for each. */
export type Fill = number | readonly number[];

/** The row or column that stands at each place; −1 where there is none. */
export type Places = Int32Array;

export const allPlaces = (size: number): Places => Int32Array.from({ length: size }, (_, i) => i);

/** `size` places from `start` on, of which some may lie outside. */
export const window = (places: Places, start: number, size: number): Places =>
  extended(places, -start, start + size - places.length, "constant");

/** With so many places more before and after; fewer where a number is negative. */
export function extended(places: Places, before: number, after: number, mode: PaddingMode): Places {
  const size = places.length;
  const out = new Int32Array(Math.max(0, before + size + after));
  for (let i = 0; i < out.length; i++) {
    const at = i - before;
    const from = at >= 0 && at < size ? at : beyond(at, size, mode);
    out[i] = from < 0 ? -1 : places[from];
  }
  return out;
}

function beyond(at: number, size: number, mode: PaddingMode): number {
  if (mode === "constant") return -1;
  if (mode === "edge") return at < 0 ? 0 : size - 1;
  const edge = mode === "symmetric" ? 1 : 0;
  const period = Math.max(1, 2 * (size - 1 + edge));
  const turn = ((at % period) + period) % period;
  return Math.min(turn, period - edge - turn);
}

/** The picture of these rows and columns. */
export function take(image: Image, rows: Places, columns: Places, fill: Fill = 0): Image {
  const { channels, data: from } = image;
  const [height, width] = [rows.length, columns.length];
  const data = filled({ height, width, channels }, fill);
  for (let y = 0, to = 0; y < height; y++) {
    if (rows[y] < 0) {
      to += width * channels;
      continue;
    }
    const row = rows[y] * image.width;
    for (let x = 0; x < width; x++, to += channels) {
      const column = columns[x];
      if (column < 0) continue;
      const at = (row + column) * channels;
      for (let c = 0; c < channels; c++) data[to + c] = from[at + c];
    }
  }
  return { width, height, channels, data };
}

/** Bytes of a picture that is all of one colour. */
export function filled(
  { height, width, channels }: Omit<Image, "data">,
  fill: Fill,
): Uint8Array<ArrayBuffer> {
  const isLevel = (level: unknown) => (level as number) >= 0 && (level as number) <= 255;
  if (![fill].flat().every(isLevel)) {
    throw new ConvkitError("fill", `${JSON.stringify(fill)} — levels are numbers, 0 … 255`);
  }
  const data = new Uint8Array(height * width * channels);
  if (typeof fill === "number") return fill === 0 ? data : data.fill(fill);
  if (fill.length !== channels) {
    throw new ConvkitError(
      "fill",
      `[${fill}] for a picture of ${channels} channels — give one number, or one for each`,
    );
  }
  for (let i = 0; i < data.length; i++) data[i] = fill[i % channels];
  return data;
}
