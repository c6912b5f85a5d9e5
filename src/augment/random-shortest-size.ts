/** A size of the shorter side out of a list, the other one following: what detectors are trained at. */
import { Random } from "../core/random.ts";
import type { Interpolation } from "../image/interpolation.ts";
import { checkedInterpolation, checkedSize } from "./checks.ts";
import { resizeSample } from "./crop.ts";
import type { Size, Transform, TransformKind, TransformSpec } from "./transform.ts";

export interface RandomShortestSizeOptions {
  /** What the shorter side may be: one number, or several of which one is chosen. */
  readonly minSize: number | readonly number[];
  /** What the longer side may be at most. */
  readonly maxSize?: number;
  /** `bilinear` by default. */
  readonly interpolation?: Interpolation;
}

/** Its parameter is the size that the picture comes to. */
export function randomShortestSize(options: RandomShortestSizeOptions): Transform<Size> {
  const { minSize, maxSize, interpolation = "bilinear" } = options;
  const sizes = [minSize].flat();
  for (const size of sizes) checkedSize("randomShortestSize", size, "minSize");
  if (maxSize !== undefined) checkedSize("randomShortestSize", maxSize, "maxSize");
  checkedInterpolation("randomShortestSize", interpolation);
  return {
    name: "randomShortestSize",
    draw(key, { height, width }) {
      const size = sizes[Random.of(key).int(sizes.length)];
      const longest = (maxSize ?? Number.POSITIVE_INFINITY) / Math.max(height, width);
      return scaled({ height, width }, Math.min(size / Math.min(height, width), longest));
    },
    apply: (sample, to) => resizeSample(sample, to, interpolation),
  };
}

/** A size times a factor, rounded down, but at least a pixel. */
export const scaled = ({ height, width }: Size, factor: number): Size => ({
  height: Math.max(1, Math.floor(height * factor)),
  width: Math.max(1, Math.floor(width * factor)),
});

export const randomShortestSizeKind: TransformKind<RandomShortestSizeOptions> = {
  settings: "minSize maxSize interpolation",
  make: randomShortestSize,
};

export const randomShortestSizeSpec: TransformSpec = {
  name: "randomShortestSize",
  summary: "a size of the shorter side out of a list, the other one following",
  options:
    "minSize (one or several); maxSize; interpolation bilinear (nearest, bicubic, box, hamming, lanczos)",
  source: "torchvision v2 RandomShortestSize",
  oracle: "torchvision 0.14 functional_pil.resize",
};
