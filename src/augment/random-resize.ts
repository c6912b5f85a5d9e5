/** A size of the shorter side between two, the other one following. */
import { Random } from "../core/random.ts";
import type { Interpolation } from "../image/interpolation.ts";
import { checkedInterpolation, checkedRange, checkedSize } from "./checks.ts";
import { resizeSample } from "./crop.ts";
import { shorterSide } from "./resize.ts";
import type { Size, Transform, TransformKind, TransformSpec } from "./transform.ts";

export interface RandomResizeOptions {
  /** The least that the shorter side may be, in pixels. */
  readonly minSize: number;
  /** The most. */
  readonly maxSize: number;
  /** `bilinear` by default. */
  readonly interpolation?: Interpolation;
}

/** Its parameter is the size that the picture comes to. */
export function randomResize(options: RandomResizeOptions): Transform<Size> {
  const { minSize, maxSize, interpolation = "bilinear" } = options;
  checkedSize("randomResize", minSize, "minSize");
  checkedSize("randomResize", maxSize, "maxSize");
  const sizes = "minSize and maxSize";
  checkedRange("randomResize", sizes, [minSize, maxSize], [1, Number.POSITIVE_INFINITY]);
  checkedInterpolation("randomResize", interpolation);
  return {
    name: "randomResize",
    draw: (key, scene) => shorterSide(scene, minSize + Random.of(key).int(maxSize - minSize + 1)),
    apply: (sample, to) => resizeSample(sample, to, interpolation),
  };
}

export const randomResizeKind: TransformKind<RandomResizeOptions> = {
  settings: "minSize maxSize interpolation",
  make: randomResize,
};

export const randomResizeSpec: TransformSpec = {
  name: "randomResize",
  summary: "a size of the shorter side between two, the other one following",
  options: "minSize; maxSize; interpolation bilinear (nearest, bicubic, box, hamming, lanczos)",
  source: "torchvision v2 RandomResize",
  oracle: "torchvision 0.14 functional_pil.resize",
};
