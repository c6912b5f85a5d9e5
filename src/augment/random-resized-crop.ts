/**
 * A part of the picture of random area and shape, resized: "Inception-style" cropping (Szegedy, Liu, Jia and others 2014,
 * arXiv:1409.4842, section 6). The area is uniform, the logarithm of the shape too; after ten parts that do not fit,
 * the largest one in the middle whose shape is allowed.
 */
import { Random } from "../core/random.ts";
import { roundHalfEven } from "../core/round-half-even.ts";
import type { Interpolation } from "../image/interpolation.ts";
import { checkedInterpolation, checkedRange, checkedSize, type SizeOption } from "./checks.ts";
import { resizedCropSample, type Window } from "./crop.ts";
import type { Size, Transform, TransformKind, TransformSpec } from "./transform.ts";

export interface RandomResizedCropOptions {
  readonly size: SizeOption;
  /** Lowest and highest share of the picture's area; [0.08, 1] by default. */
  readonly scale?: readonly [number, number];
  /** Narrowest and widest shape, width/height; [3/4, 4/3] by default. */
  readonly ratio?: readonly [number, number];
  /** `bilinear` by default. */
  readonly interpolation?: Interpolation;
}

export function randomResizedCrop(options: RandomResizedCropOptions): Transform<Window> {
  const where = "randomResizedCrop";
  const { scale = [0.08, 1], ratio = [3 / 4, 4 / 3], interpolation = "bilinear" } = options;
  const size = checkedSize(where, options.size);
  checkedRange(where, "scale", scale, [0, 1]);
  checkedRange(where, "ratio", ratio, [Number.MIN_VALUE, Number.POSITIVE_INFINITY]);
  checkedInterpolation(where, interpolation);
  return {
    name: where,
    draw: (key, scene) => randomWindow(Random.of(key), scene, scale, ratio),
    apply: (sample, part) => resizedCropSample(sample, part, size, interpolation),
  };
}

/** torchvision's `get_params`. */
export function randomWindow(
  random: Random,
  { height, width }: Size,
  scale: readonly [number, number],
  ratio: readonly [number, number],
): Window {
  for (let attempt = 0; attempt < 10; attempt++) {
    const area = height * width * random.uniformRange(scale[0], scale[1]);
    const shape = Math.exp(random.uniformRange(Math.log(ratio[0]), Math.log(ratio[1])));
    const columns = roundHalfEven(Math.sqrt(area * shape));
    const rows = roundHalfEven(Math.sqrt(area / shape));
    if (columns > 0 && columns <= width && rows > 0 && rows <= height) {
      const [top, left] = [random.int(height - rows + 1), random.int(width - columns + 1)];
      return { top, left, height: rows, width: columns };
    }
  }
  const whole = width / height;
  const rows = whole < ratio[0] ? roundHalfEven(width / ratio[0]) : height;
  const columns = whole > ratio[1] ? roundHalfEven(height * ratio[1]) : width;
  const [top, left] = [Math.floor((height - rows) / 2), Math.floor((width - columns) / 2)];
  return { top, left, height: rows, width: columns };
}

export const randomResizedCropKind: TransformKind<RandomResizedCropOptions> = {
  settings: "size scale ratio interpolation",
  make: randomResizedCrop,
};

export const randomResizedCropSpec: TransformSpec = {
  name: "randomResizedCrop",
  summary: "a part of random area and shape, resized",
  options:
    "size; scale 0.08,1; ratio 3/4,4/3; interpolation bilinear (nearest, bicubic, box, hamming, lanczos)",
  source: "Szegedy and others 2014, arXiv:1409.4842, section 6; torchvision RandomResizedCrop",
  oracle: "torchvision 0.14 functional_pil.crop and resize",
};
