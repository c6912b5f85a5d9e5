/** Changes of a byte that look at nothing else: 256 values, worked out once for a picture. */
import type { Image } from "../image/image.ts";

/** What each of the 256 bytes becomes: whole numbers are cut off, and clamped to 0 … 255. */
export const lookupTable = (value: (byte: number) => number): Uint8Array =>
  Uint8Array.from({ length: 256 }, (_, byte) => Math.min(255, Math.max(0, value(byte))));

/** One table for all channels, or one for each. */
export function lookup(image: Image, tables: Uint8Array | readonly Uint8Array[]): Image {
  const { data: from, channels } = image;
  const data = new Uint8Array(from.length);
  if (tables instanceof Uint8Array) {
    for (let i = 0; i < data.length; i++) data[i] = tables[from[i]];
    return { ...image, data };
  }
  for (let c = 0; c < channels; c++) {
    const table = tables[c];
    for (let i = c; i < data.length; i += channels) data[i] = table[from[i]];
  }
  return { ...image, data };
}

/** For each channel, how many pixels have each of the 256 values. */
export function histograms({ data, channels }: Image): Uint32Array[] {
  return Array.from({ length: channels }, (_, c) => {
    const counts = new Uint32Array(256);
    for (let i = c; i < data.length; i += channels) counts[data[i]]++;
    return counts;
  });
}
