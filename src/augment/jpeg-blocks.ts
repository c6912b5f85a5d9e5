/**
 * What JPEG loses of one channel (ITU T.81 and ISO 10918-1, annexes A and K): 8 × 8 blocks, their cosine transform, coefficients
 * rounded to multiples of a table, and back. All numbers are libjpeg's: tables grow and shrink with quality, and the transform is that
 * of Loeffler, Ligtenberg and Moschytz 1989 with constants of 13 bits, multiplied out.
 */

/** Bytes of one channel, row by row. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

// biome-ignore format: table K.1
const LUMINANCE = [
  16, 11, 10, 16,  24,  40,  51,  61,
  12, 12, 14, 19,  26,  58,  60,  55,
  14, 13, 16, 24,  40,  57,  69,  56,
  14, 17, 22, 29,  51,  87,  80,  62,
  18, 22, 37, 56,  68, 109, 103,  77,
  24, 35, 55, 64,  81, 104, 113,  92,
  49, 64, 78, 87, 103, 121, 120, 101,
  72, 92, 95, 98, 112, 100, 103,  99,
];

// biome-ignore format: table K.2
const CHROMINANCE = [
  17, 18, 24, 47, 99, 99, 99, 99,
  18, 21, 26, 66, 99, 99, 99, 99,
  24, 26, 56, 99, 99, 99, 99, 99,
  47, 66, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99,
];

/** libjpeg's `jpeg_quality_scaling`: 50 gives the standard's tables, 100 ones alone. */
export function quantisation(kind: "luminance" | "chrominance", quality: number): number[] {
  const scale = quality < 50 ? Math.floor(5000 / quality) : 200 - 2 * quality;
  const table = kind === "luminance" ? LUMINANCE : CHROMINANCE;
  return table.map((step) => Math.min(255, Math.max(1, Math.floor((step * scale + 50) / 100))));
}

// biome-ignore format: row u is √2·cos((2x + 1)·u·π/16)·2^13 as libjpeg's sums of rounded constants give it; x = 4 … 7 mirror x = 0 … 3
const BASIS = [
   [8192,   8192,   8192,   8192],
  [11363,   9633,   6437,   2260],
  [10703,   4433,  -4433, -10703],
   [9633,  -2259, -11362,  -6436],
   [8192,  -8192,  -8192,   8192],
   [6437, -11362,   2261,   9633],
   [4433, -10704,  10704,  -4433],
   [2260,  -6436,   9633, -11363],
];

/** The channel after compression; blocks that hang over the edge repeat it. */
export function throughBlocks(
  { width, height, data: from }: Plane,
  table: readonly number[],
): Plane {
  const forward = Int32Array.from({ length: 64 }, (_, i) => {
    const [u, x] = [i >> 3, i & 7];
    return x < 4 ? BASIS[u][x] : (u & 1 ? -1 : 1) * BASIS[u][7 - x];
  });
  const back = forward.map((_, i) => forward[(i & 7) * 8 + (i >> 3)]);
  const data = new Uint8ClampedArray(from.length);
  const [block, half] = [new Int32Array(64), new Int32Array(64)];
  for (let top = 0; top < height; top += 8) {
    for (let left = 0; left < width; left += 8) {
      for (let i = 0; i < 64; i++) {
        const y = Math.min(top + (i >> 3), height - 1);
        block[i] = from[y * width + Math.min(left + (i & 7), width - 1)] - 128;
      }
      // Two bits of fraction are kept between rows and columns, and the result is eight times the coefficient.
      transformRows(block, forward, half, 11);
      transformRows(half, forward, block, 15);
      for (let i = 0; i < 64; i++) block[i] = nearest(block[i], 8 * table[i]) * table[i];
      // Columns come first on the way back.
      transpose(block, half);
      transformRows(half, back, block, 11);
      transformRows(block, back, half, 18);
      for (let i = 0; i < 64; i++) {
        const [x, y] = [left + (i >> 3), top + (i & 7)];
        if (y < height && x < width) data[y * width + x] = half[i] + 128;
      }
    }
  }
  return { width, height, data: new Uint8Array(data.buffer) };
}

/** x / step, halves away from zero. */
const nearest = (x: number, step: number): number =>
  Math.sign(x) * Math.floor((Math.abs(x) + step / 2) / step);

/** Each row of the block by the matrix, as a column of the result; `bits` of fraction are rounded off. */
function transformRows(from: Int32Array, matrix: Int32Array, to: Int32Array, bits: number): void {
  const half = 1 << (bits - 1);
  for (let row = 0; row < 8; row++) {
    for (let u = 0; u < 8; u++) {
      let sum = half;
      for (let x = 0; x < 8; x++) sum += from[row * 8 + x] * matrix[u * 8 + x];
      to[u * 8 + row] = sum >> bits;
    }
  }
}

function transpose(from: Int32Array, to: Int32Array): void {
  for (let i = 0; i < 64; i++) to[(i & 7) * 8 + (i >> 3)] = from[i];
}
