/**
 * The class with the largest score at each pixel of a picture, of score maps of another size, which are interpolated bilinearly: pixels
 * are squares, so that the middle of the first lies at ½ in both (PyTorch's `interpolate` with `align_corners=False`).
 */
import type { Image } from "../image/image.ts";
import type { HostTensor } from "../tensor/index.ts";

/** Scores 1×K×h×w. */
export function likeliestClasses(
  { shape: [, classes, h, w], data: scores }: Pick<HostTensor, "shape" | "data">,
  { height, width }: Pick<Image, "height" | "width">,
): Image {
  const [rows, columns] = [places(height, h), places(width, w)];
  const data = new Uint8Array(height * width);
  const best = new Float32Array(width);
  for (let y = 0; y < height; y++) {
    const { first: top, second: bottom, share: down } = rows[y];
    best.fill(Number.NEGATIVE_INFINITY);
    for (let k = 0; k < classes; k++) {
      const [upper, lower] = [(k * h + top) * w, (k * h + bottom) * w];
      for (let x = 0; x < width; x++) {
        const { first, second, share } = columns[x];
        const above = scores[upper + first] * (1 - share) + scores[upper + second] * share;
        const below = scores[lower + first] * (1 - share) + scores[lower + second] * share;
        const score = above * (1 - down) + below * down;
        if (score > best[x]) {
          best[x] = score;
          data[y * width + x] = k;
        }
      }
    }
  }
  return { width, height, channels: 1, data };
}

/** Between which two of `size` places each of `wanted` lies, and how far on. */
function places(wanted: number, size: number) {
  return Array.from({ length: wanted }, (_, i) => {
    const at = Math.min(size - 1, Math.max(0, ((i + 0.5) * size) / wanted - 0.5));
    const first = Math.floor(at);
    return { first, second: Math.min(size - 1, first + 1), share: at - first };
  });
}
