/**
 * 16-bit floats to and from f32. f16 is IEEE 754 binary16 (1 sign, 5 exponent, 10 fraction bits), bf16 is
 * the upper half of an f32. Encoding rounds to nearest, ties to even, as PyTorch does.
 */

const word = new Float32Array(1);
const wordBits = new Uint32Array(word.buffer);

/** Bits of binary16 as f32, exactly. */
export function decodeF16(bits: Uint16Array): Float32Array {
  const out = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) out[i] = halfToNumber(bits[i]);
  return out;
}

/** Bits of bf16 as f32, exactly. */
export function decodeBf16(bits: Uint16Array): Float32Array {
  const out = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) out[i] = bits[i] << 16;
  return new Float32Array(out.buffer);
}

/** Numbers as bits of binary16; what is too large becomes infinite. */
export function encodeF16(values: ArrayLike<number>): Uint16Array {
  const out = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) out[i] = numberToHalf(values[i]);
  return out;
}

/** Numbers as bits of bf16. */
export function encodeBf16(values: ArrayLike<number>): Uint16Array {
  const out = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) {
    word[0] = values[i];
    const bits = wordBits[0];
    // Adding 0x7fff plus the last kept bit rounds to even; a NaN keeps its top bits and stays a NaN.
    const even = (bits >>> 16) & 1;
    out[i] = Number.isNaN(word[0]) ? (bits >>> 16) | 0x40 : (bits + 0x7fff + even) >>> 16;
  }
  return out;
}

function halfToNumber(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 31;
  const fraction = half & 0x3ff;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function numberToHalf(value: number): number {
  word[0] = value;
  const bits = wordBits[0];
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = Math.abs(word[0]);
  if (Number.isNaN(magnitude)) return sign | 0x7e00;
  // 65520 lies halfway between the largest f16, 65504, and the next power of two.
  if (magnitude >= 65520) return sign | 0x7c00;
  // Below 2^-14 the values are multiples of 2^-24.
  if (magnitude < 2 ** -14) return sign | roundEven(magnitude * 2 ** 24);
  const exponent = ((bits >>> 23) & 255) - 127;
  // A fraction that rounds up to 1024 carries into the exponent, as it should.
  return sign | (((exponent + 15) << 10) + roundEven((magnitude / 2 ** exponent - 1) * 1024));
}

function roundEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}
