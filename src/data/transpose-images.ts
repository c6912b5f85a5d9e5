/** Rows and columns of pictures exchanged: MATLAB's arrays and EMNIST's files have columns one after the other. */

/** N×H×W bytes to N×W×H. */
export function transposeImages(from: Uint8Array, height: number, width: number): Uint8Array {
  const to = new Uint8Array(from.length);
  const pixels = height * width;
  for (let start = 0; start < from.length; start += pixels) {
    for (let y = 0, at = start; y < height; y++) {
      for (let x = 0; x < width; x++, at++) to[start + x * height + y] = from[at];
    }
  }
  return to;
}
