/**
 * Lightness and colours of CIELAB (ISO/CIE 11664-4) as bytes, of pictures in sRGB (IEC 61966-2-1): L·255/100, a + 128 and
 * b + 128. The way there has OpenCV's tables and fixed point, since equalisation blows up what a rounding changes.
 */
import type { Image } from "../image/image.ts";

export interface Lab {
  readonly lightness: Uint8Array;
  readonly a: Uint8Array;
  readonly b: Uint8Array;
}

/** Light has 3 bits of fraction, and roots have 15. */
const LIGHT = 255 * 8;
const ROOT = 2 ** 15;

// biome-ignore format: X, Y and Z of white are 1; 12 bits of fraction
const XYZ = [
  [1777, 1541,  778],
  [ 871, 2929,  296],
  [  73,  448, 3575],
];

export function toLab({ data: rgb }: Image): Lab {
  const size = rgb.length / 3;
  const [lightness, a, b] = [0, 1, 2].map(() => new Uint8Array(size));
  const linear = Int32Array.from({ length: 256 }, (_, byte) =>
    Math.round(LIGHT * toLinear(byte / 255)),
  );
  const roots = Int32Array.from({ length: LIGHT + 1 }, (_, light) =>
    Math.round(ROOT * root(light / LIGHT)),
  );
  for (let i = 0, p = 0; i < size; i++, p += 3) {
    const [red, green, blue] = [linear[rgb[p]], linear[rgb[p + 1]], linear[rgb[p + 2]]];
    const [x, y, z] = XYZ.map(([r, g, b]) => roots[(r * red + g * green + b * blue + 2048) >> 12]);
    // 116·y − 16 in units of 100/255.
    lightness[i] = Math.round((296 * y) / ROOT - 40.8);
    a[i] = Math.round((500 * (x - y)) / ROOT + 128);
    b[i] = Math.round((200 * (y - z)) / ROOT + 128);
  }
  return { lightness, a, b };
}

/** Bytes R, G, B; colours that sRGB has not are clamped. */
export function fromLab({ lightness, a, b }: Lab): Uint8Array {
  const rgb = new Uint8ClampedArray(3 * lightness.length);
  for (let i = 0, p = 0; i < lightness.length; i++, p += 3) {
    const level = ((lightness[i] * 100) / 255 + 16) / 116;
    const x = 0.950456 * cube(level + (a[i] - 128) / 500);
    const y = cube(level);
    const z = 1.088754 * cube(level - (b[i] - 128) / 200);
    rgb[p] = 255 * fromLinear(3.240479 * x - 1.53715 * y - 0.498535 * z);
    rgb[p + 1] = 255 * fromLinear(-0.969256 * x + 1.875991 * y + 0.041556 * z);
    rgb[p + 2] = 255 * fromLinear(0.055648 * x - 0.204043 * y + 1.057311 * z);
  }
  return new Uint8Array(rgb.buffer);
}

/** The cube root, and a line where it is steep. */
const root = (t: number): number => (t < 0.008856 ? 7.787 * t + 16 / 116 : Math.cbrt(t));

const cube = (f: number): number => (f < 0.206893 ? (f - 16 / 116) / 7.787 : f ** 3);

const toLinear = (value: number): number =>
  value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;

const fromLinear = (value: number): number =>
  value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055;
