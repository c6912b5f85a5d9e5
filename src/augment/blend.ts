/**
 * Pictures between two others and beyond (Haeberli and Voorhies 1994, "Image processing by interpolation and extrapolation"):
 * a + factor · (b − a) in single precision, clamped and cut off to a byte, as Pillow's Image.blend has it.
 */
import { lookupTable } from "./lookup-table.ts";

/** From one grey level to the picture, as a table for the picture's bytes. */
export const blendTable = (level: number, factor: number): Uint8Array => {
  const share = Math.fround(factor);
  return lookupTable((byte) => Math.fround(level + Math.fround(share * (byte - level))));
};

/** From `a` to `b`; `a` may have one channel for all of b's. */
export function blended(a: Uint8Array, b: Uint8Array, factor: number): Uint8Array {
  const share = Math.fround(factor);
  const data = new Uint8Array(b.length);
  const channels = b.length / a.length;
  for (let i = 0, p = 0; i < a.length; i++) {
    for (let c = 0; c < channels; c++, p++) {
      const value = Math.fround(a[i] + Math.fround(share * (b[p] - a[i])));
      data[p] = value <= 0 ? 0 : value >= 255 ? 255 : value;
    }
  }
  return data;
}
