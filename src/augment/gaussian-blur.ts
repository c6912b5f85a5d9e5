/** Blurs with a Gaussian whose width is drawn, the picture mirrored at its edges. */
import { ConvkitError } from "../core/error.ts";
import { Random } from "../core/random.ts";
import type { Image } from "../image/image.ts";
import type { Factor } from "./by-factor.ts";
import { onImage } from "./chance.ts";
import { checkedRange, checkedSize, type SizeOption, shown } from "./checks.ts";
import { smooth } from "./smooth.ts";
import type { Transform, TransformKind, TransformSpec } from "./transform.ts";

export interface GaussianBlurOptions {
  /** Odd: pixels along a side, or [rows, columns]. */
  readonly kernelSize: SizeOption;
  /** Standard deviation in pixels, or [lowest, highest]; [0.1, 2] by default. */
  readonly sigma?: Factor;
}

/** Its parameter is σ. */
export function gaussianBlur({
  kernelSize,
  sigma = [0.1, 2],
}: GaussianBlurOptions): Transform<number> {
  const { height, width } = checkedSize("gaussianBlur", kernelSize, "kernelSize");
  if (height % 2 === 0 || width % 2 === 0) {
    throw new ConvkitError(
      "gaussianBlur",
      `kernelSize is ${shown(kernelSize)} — give odd numbers, so that there is a middle`,
    );
  }
  const given = Array.isArray(sigma) ? sigma : [sigma, sigma];
  const range = checkedRange("gaussianBlur", "sigma", given as [number, number], [
    Number.MIN_VALUE,
    Number.POSITIVE_INFINITY,
  ]);
  return {
    name: "gaussianBlur",
    draw: (key) => Random.of(key).uniformRange(...range),
    apply: (sample, drawn) => onImage((image) => blurred(image, [height, width], drawn))(sample),
  };
}

/** Blurred with a kernel of so many [rows, columns]. */
export function blurred(image: Image, kernel: readonly [number, number], sigma: number): Image {
  const smoothed = smooth(image.data, image, kernel, sigma);
  // Assignment rounds halves to even.
  const data = new Uint8ClampedArray(smoothed);
  return { ...image, data: new Uint8Array(data.buffer) };
}

export const gaussianBlurKind: TransformKind<GaussianBlurOptions> = {
  settings: "kernelSize sigma",
  make: gaussianBlur,
};

export const gaussianBlurSpec: TransformSpec = {
  name: "gaussianBlur",
  summary: "blurs with a Gaussian of random width",
  options: "kernelSize; sigma 0.1,2",
  source: "torchvision GaussianBlur",
  oracle: "torchvision 0.14 functional_tensor.gaussian_blur on uint8",
};
