/** The median of each pixel's neighbourhood, channel by channel; edges are repeated outwards. */
import type { Image } from "../image/image.ts";
import { checkedOddRange } from "./motion-blur.ts";
import { intBetween, pixelTransform } from "./pixel-transform.ts";
import type { Transform, TransformKind, TransformSpec } from "./transform.ts";

export interface MedianBlurOptions {
  /** Side of the neighbourhood, odd, least and most; [3, 7] by default. */
  readonly blurLimit?: readonly [number, number];
  /** How often; 0.5 by default. */
  readonly p?: number;
}

export function medianBlur({
  blurLimit = [3, 7],
  p = 0.5,
}: MedianBlurOptions = {}): Transform<{ readonly size: number } | null> {
  const halves = checkedOddRange("medianBlur", "blurLimit", blurLimit);
  return pixelTransform(
    "medianBlur",
    p,
    (random) => ({ size: 2 * intBetween(random, halves) + 1 }),
    (image, { size }) => median(image, size),
  );
}

/** Of size × size pixels; a column leaves the histogram and another enters for each pixel (Huang, Yang and Tang 1979). */
export function median(image: Image, size: number): Image {
  const { width, height, channels, data: from } = image;
  const data = new Uint8Array(from.length);
  const half = (size - 1) / 2;
  const middle = (size * size + 1) / 2;
  const inside = (at: number, end: number) => Math.min(Math.max(at, 0), end - 1);
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < height; y++) {
      const counts = new Uint16Array(256);
      const count = (x: number, by: 1 | -1) => {
        for (let dy = -half; dy <= half; dy++) {
          counts[from[(inside(y + dy, height) * width + inside(x, width)) * channels + c]] += by;
        }
      };
      for (let x = -half; x < half; x++) count(x, 1);
      for (let x = 0; x < width; x++) {
        count(x + half, 1);
        let value = 0;
        for (let below = counts[0]; below < middle; below += counts[value]) value++;
        data[(y * width + x) * channels + c] = value;
        count(x - half, -1);
      }
    }
  }
  return { ...image, data };
}

export const medianBlurKind: TransformKind<MedianBlurOptions> = {
  settings: "blurLimit p",
  make: medianBlur,
};

export const medianBlurSpec: TransformSpec = {
  name: "medianBlur",
  summary: "the median of each pixel's neighbourhood",
  options: "blurLimit 3,7; p 0.5",
  source: "Albumentations MedianBlur",
  oracle: "OpenCV 4.6 medianBlur",
};
