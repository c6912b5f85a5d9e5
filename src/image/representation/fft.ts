/**
 * The discrete Fourier transform of a picture's plane, of any size:
 *
 *   F(u, v) = Σ_y Σ_x f(y, x) · exp(−2πi (u·y/H + v·x/W))
 *
 * by rows, then by columns. fft.js transforms lengths that are powers of two; others become a convolution of such a length by
 * Bluestein's identity u·x = (u² + x² − (u − x)²) / 2 (Bluestein 1970, "A linear filtering approach to the computation
 * of the discrete Fourier transform").
 */
import FFT from "fft.js";

/** H×W complex numbers: real and imaginary parts side by side. */
export function fft2(plane: ArrayLike<number>, height: number, width: number): Float64Array {
  const along = transformOf(width);
  const down = transformOf(height);
  const row = new Float64Array(2 * width);
  const column = new Float64Array(2 * height);
  const spectrum = new Float64Array(2 * height * width);
  /** Of part i of column x, real and imaginary parts taking turns. */
  const place = (i: number, x: number) => 2 * ((i >> 1) * width + x) + (i & 1);
  for (let y = 0; y < height; y++) {
    row.fill(0);
    for (let x = 0; x < width; x++) row[2 * x] = plane[y * width + x];
    spectrum.set(along(row), 2 * y * width);
  }
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < 2 * height; y++) column[y] = spectrum[place(y, x)];
    const made = down(column);
    for (let y = 0; y < 2 * height; y++) spectrum[place(y, x)] = made[y];
  }
  return spectrum;
}

/** Of complex numbers, side by side. The result is valid until the next call. */
type Transform = (values: Float64Array) => Float64Array;

function transformOf(length: number): Transform {
  if (length === 1) return (values) => values;
  return Number.isInteger(Math.log2(length)) ? radix4(length) : chirpZ(length);
}

function radix4(length: number): Transform {
  const fft = new FFT(length);
  const out = new Float64Array(2 * length);
  return (values) => {
    fft.transform(out, values);
    return out;
  };
}

/** Values times a chirp, convolved with the opposite chirp, times the chirp. */
function chirpZ(length: number): Transform {
  const size = 2 ** Math.ceil(Math.log2(2 * length - 1));
  const fft = new FFT(size);
  const chirp = new Float64Array(2 * length);
  const opposite = new Float64Array(2 * size);
  for (let k = 0; k < length; k++) {
    // k² modulo the period, so that the angle stays exact.
    const angle = (Math.PI * ((k * k) % (2 * length))) / length;
    chirp.set([Math.cos(angle), -Math.sin(angle)], 2 * k);
    opposite.set([Math.cos(angle), Math.sin(angle)], 2 * k);
    if (k > 0) opposite.set([Math.cos(angle), Math.sin(angle)], 2 * (size - k));
  }
  const response = new Float64Array(2 * size);
  fft.transform(response, opposite);
  const [input, spectrum, out] = [0, 0, 0].map(() => new Float64Array(2 * size));
  return (values) => {
    input.fill(0);
    multiply(values, chirp, input, length);
    fft.transform(spectrum, input);
    multiply(spectrum, response, spectrum, size);
    fft.inverseTransform(out, spectrum);
    multiply(out, chirp, out, length);
    return out.subarray(0, 2 * length);
  };
}

/** Complex products of the first `count` pairs. */
function multiply(a: Float64Array, b: Float64Array, out: Float64Array, count: number): void {
  for (let i = 0; i < 2 * count; i += 2) {
    const real = a[i] * b[i] - a[i + 1] * b[i + 1];
    out[i + 1] = a[i] * b[i + 1] + a[i + 1] * b[i];
    out[i] = real;
  }
}
