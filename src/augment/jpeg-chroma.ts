/**
 * JPEG's colours (ITU T.871: luma and two chroma channels of half the size) with libjpeg's roundings: chroma is the mean of four pixels,
 * and comes back by a triangle filter, three parts of the nearer and one of the farther, along rows and columns.
 */
import type { Image } from "../image/image.ts";
import type { Plane } from "./jpeg-blocks.ts";

/** Luma, blue and red chroma, of full size. */
export function toYcc({ width, height, data: rgb }: Image): [Plane, Plane, Plane] {
  const plane = (): Plane => ({ width, height, data: new Uint8Array(width * height) });
  const [y, cb, cr] = [plane(), plane(), plane()];
  // Sixteen bits of fraction; 128.5 less a bit is the chroma's middle.
  const middle = 128 * 65536 + 32767;
  for (let i = 0, p = 0; i < y.data.length; i++, p += 3) {
    const [r, g, b] = [rgb[p], rgb[p + 1], rgb[p + 2]];
    y.data[i] = (19595 * r + 38470 * g + 7471 * b + 32768) >> 16;
    cb.data[i] = (-11059 * r - 21709 * g + 32768 * b + middle) >> 16;
    cr.data[i] = (32768 * r - 27439 * g - 5329 * b + middle) >> 16;
  }
  return [y, cb, cr];
}

export function fromYcc([y, cb, cr]: readonly Plane[]): Uint8Array {
  const rgb = new Uint8ClampedArray(3 * y.data.length);
  for (let i = 0, p = 0; i < y.data.length; i++, p += 3) {
    const luma = y.data[i];
    const [blue, red] = [cb.data[i] - 128, cr.data[i] - 128];
    rgb[p] = luma + ((91881 * red + 32768) >> 16);
    rgb[p + 1] = luma + ((-22554 * blue - 46802 * red + 32768) >> 16);
    rgb[p + 2] = luma + ((116130 * blue + 32768) >> 16);
  }
  return new Uint8Array(rgb.buffer);
}

/** Means of four, whose halves go up and down in turn. The picture's edge fills rows up to whole blocks. */
export function halved({ width, height, data: from }: Plane): Plane {
  const [w, h] = [8 * Math.ceil(width / 16), Math.ceil(height / 2)];
  const data = new Uint8Array(w * h);
  for (let y = 0, to = 0; y < h; y++) {
    const upper = 2 * y * width;
    const lower = Math.min(2 * y + 1, height - 1) * width;
    for (let x = 0; x < w; x++, to++) {
      const left = Math.min(2 * x, width - 1);
      const right = Math.min(left + 1, width - 1);
      const sum =
        from[upper + left] + from[upper + right] + from[lower + left] + from[lower + right];
      data[to] = (sum + 1 + (x & 1)) >> 2;
    }
  }
  return { width: w, height: h, data };
}

/** Back to the size that it was halved from. */
export function doubled(
  { width: stride, height: h, data: from }: Plane,
  width: number,
  height: number,
): Plane {
  const w = Math.ceil(width / 2);
  const data = new Uint8Array(width * height);
  // The triangle filter needs neighbours; smaller channels are repeated.
  const smooth = w > 2;
  for (let y = 0, to = 0; y < height; y++) {
    const near = y >> 1;
    const far = smooth ? Math.min(Math.max(near + (y & 1 ? 1 : -1), 0), h - 1) : near;
    const sum = (x: number) => 3 * from[near * stride + x] + from[far * stride + x];
    for (let x = 0; x < width; x++, to++) {
      const at = x >> 1;
      const beside = smooth ? Math.min(Math.max(at + (x & 1 ? 1 : -1), 0), w - 1) : at;
      data[to] = (3 * sum(at) + sum(beside) + (x & 1 ? 7 : 8)) >> 4;
    }
  }
  return { width, height, data };
}
