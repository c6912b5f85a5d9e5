/**
 * Magnitude and phase of the Fourier transform F of a picture's luma (fft.ts), frequency 0 in the middle, at row ⌊H/2⌋ and column
 * ⌊W/2⌋ (numpy's fftshift). On the scale of bytes, by the size alone, so that pictures can be compared:
 *
 *   magnitude = 255 · ln(1 + |F|) / ln(1 + 255·H·W)      0 … 255, where a white picture's mean has 255
 *   phase     = 255 · (arg F + π) / 2π                   0 … 255, and 127.5 for a real, positive F
 *
 * Real or imaginary parts below 10⁻⁹ · 255·H·W are rounding and count as 0: the phase of nothing is 0, that of a negative real F is π.
 */
import type { Represent } from "./source.ts";

const fourier =
  (value: (real: number, imaginary: number, most: number) => number): Represent =>
  ({ spectrum, image, pixels }, out, at) => {
    const { height, width } = image;
    const [down, right] = [Math.floor(height / 2), Math.floor(width / 2)];
    for (let v = 0, i = 0; v < height; v++) {
      const row = at + ((v + down) % height) * width;
      for (let u = 0; u < width; u++, i += 2) {
        out[row + ((u + right) % width)] = value(spectrum[i], spectrum[i + 1], 255 * pixels);
      }
    }
  };

export const fourierMagnitude: Represent = /* @__PURE__ */ fourier(
  (re, im, most) => (255 * Math.log1p(Math.hypot(re, im))) / Math.log1p(most),
);

export const fourierPhase: Represent = /* @__PURE__ */ fourier((re, im, most) => {
  const [x, y] = [re, im].map((part) => (Math.abs(part) < 1e-9 * most ? 0 : part));
  return (255 * (Math.atan2(y, x) + Math.PI)) / (2 * Math.PI);
});
