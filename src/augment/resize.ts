/** Another size: of both sides, or of the shorter one, when the other one follows. */
import { ConvkitError } from "../core/error.ts";
import type { Interpolation } from "../image/interpolation.ts";
import { checkedInterpolation, checkedSize, type SizeOption } from "./checks.ts";
import { resizeSample } from "./crop.ts";
import type { Size, Transform, TransformKind, TransformSpec } from "./transform.ts";

export interface ResizeOptions {
  /** The shorter side, or [height, width]. */
  readonly size: SizeOption;
  /** `bilinear` by default. */
  readonly interpolation?: Interpolation;
  /** What the longer side may be where `size` is the shorter one. */
  readonly maxSize?: number;
}

/** Its parameter is the size that the picture comes to. */
export function resize(options: ResizeOptions): Transform<Size> {
  const { size, interpolation = "bilinear", maxSize } = options;
  const both = checkedSize("resize", size);
  checkedInterpolation("resize", interpolation);
  if (maxSize !== undefined && !(typeof size === "number" && maxSize > size)) {
    throw new ConvkitError(
      "resize",
      `maxSize is ${maxSize}, size ${size} — size is then one number, that of the shorter side, and maxSize above it`,
    );
  }
  return {
    name: "resize",
    draw: (_, scene) => (typeof size === "number" ? shorterSide(scene, size, maxSize) : both),
    apply: (sample, to) => resizeSample(sample, to, interpolation),
  };
}

/** The size with this shorter side, or with a longer side of `maxSize` where that is less. */
export function shorterSide({ height, width }: Size, size: number, maxSize?: number): Size {
  const [short, long] = height < width ? [height, width] : [width, height];
  let [newShort, newLong] = [size, Math.floor((size * long) / short)];
  if (maxSize !== undefined && newLong > maxSize) {
    [newShort, newLong] = [Math.max(1, Math.floor((maxSize * newShort) / newLong)), maxSize];
  }
  return height < width
    ? { height: newShort, width: newLong }
    : { height: newLong, width: newShort };
}

export const resizeKind: TransformKind<ResizeOptions> = {
  settings: "size interpolation maxSize",
  make: resize,
};

export const resizeSpec: TransformSpec = {
  name: "resize",
  summary: "another size: of both sides, or of the shorter one, when the other one follows",
  options: "size; interpolation bilinear (nearest, bicubic, box, hamming, lanczos); maxSize",
  source: "torchvision Resize",
  oracle: "torchvision 0.14 functional_pil.resize",
};
