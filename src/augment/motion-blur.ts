/** Smears the picture along a line, as a camera that moves while the shutter is open does. */
import { ConvkitError } from "../core/error.ts";
import { filterImage } from "../image/filter.ts";
import type { Kernel } from "../nn/kernels/kernel.ts";
import { checkedRange, shown } from "./checks.ts";
import { intBetween, pixelTransform } from "./pixel-transform.ts";
import type { Transform, TransformKind, TransformSpec } from "./transform.ts";

export interface MotionBlurOptions {
  /** Length of the line in pixels, odd, least and most; [3, 7] by default. */
  readonly blurLimit?: readonly [number, number];
  /** Its angle in degrees, counter-clockwise from the right; [0, 360] by default. */
  readonly angleRange?: readonly [number, number];
  /** How often; 0.5 by default. */
  readonly p?: number;
}

export interface Smear {
  readonly length: number;
  readonly angle: number;
}

export function motionBlur(options: MotionBlurOptions = {}): Transform<Smear | null> {
  const { blurLimit = [3, 7], angleRange = [0, 360], p = 0.5 } = options;
  const halves = checkedOddRange("motionBlur", "blurLimit", blurLimit);
  checkedRange("motionBlur", "angleRange", angleRange, [-360, 360]);
  return pixelTransform(
    "motionBlur",
    p,
    (random) => ({
      length: 2 * intBetween(random, halves) + 1,
      angle: random.uniformRange(...angleRange),
    }),
    (image, smear) => filterImage(image, lineKernel(smear)),
  );
}

/** Halves, rounded down, of two odd sizes from 1 on. */
export function checkedOddRange(
  where: string,
  what: string,
  range: readonly [number, number],
): readonly [number, number] {
  const isOdd = (size: number) => Number.isInteger(size) && size % 2 === 1;
  const [least, most] = checkedRange(where, what, range, [1, 255]);
  if (isOdd(least) && isOdd(most)) return [(least - 1) / 2, (most - 1) / 2];
  throw new ConvkitError(where, `${what} is ${shown(range)} — give odd sizes, such as 3,7`);
}

/**
 * A line through the middle of a square of zeros: one cell in each column, or in each row where it is steep, of equal weights
 * that sum to 1.
 */
export function lineKernel({ length, angle }: Smear): Kernel {
  const half = (length - 1) / 2;
  const [along, up] = [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)];
  const steps = Math.max(Math.abs(along), Math.abs(up));
  const values = Array<number>(length * length).fill(0);
  for (let t = -half; t <= half; t++) {
    const row = Math.round(half - (t * up) / steps);
    const column = Math.round(half + (t * along) / steps);
    values[row * length + column] = 1 / length;
  }
  return { shape: [length, length], values };
}

export const motionBlurKind: TransformKind<MotionBlurOptions> = {
  settings: "blurLimit angleRange p",
  make: motionBlur,
};

export const motionBlurSpec: TransformSpec = {
  name: "motionBlur",
  summary: "smears the picture along a line",
  options: "blurLimit 3,7; angleRange 0,360; p 0.5",
  source: "Albumentations MotionBlur",
  oracle: "OpenCV 4.6 filter2D with the line's kernel",
};
