/**
 * Large scale jitter (Ghiasi, Cui, Srinivas and others 2021, "Simple copy-paste is a strong data augmentation method for instance
 * segmentation", arXiv:2012.07177): the picture fitted into a target size, times a random factor.
 */
import { Random } from "../core/random.ts";
import type { Interpolation } from "../image/interpolation.ts";
import { checkedInterpolation, checkedRange, checkedSize, type SizeOption } from "./checks.ts";
import { resizeSample } from "./crop.ts";
import { scaled } from "./random-shortest-size.ts";
import type { Size, Transform, TransformKind, TransformSpec } from "./transform.ts";

export interface ScaleJitterOptions {
  readonly targetSize: SizeOption;
  /** Lowest and highest factor; [0.1, 2] by default. */
  readonly scaleRange?: readonly [number, number];
  /** `bilinear` by default. */
  readonly interpolation?: Interpolation;
}

/** Its parameter is the size that the picture comes to. */
export function scaleJitter(options: ScaleJitterOptions): Transform<Size> {
  const { scaleRange = [0.1, 2], interpolation = "bilinear" } = options;
  const target = checkedSize("scaleJitter", options.targetSize, "targetSize");
  checkedRange("scaleJitter", "scaleRange", scaleRange, [
    Number.MIN_VALUE,
    Number.POSITIVE_INFINITY,
  ]);
  checkedInterpolation("scaleJitter", interpolation);
  return {
    name: "scaleJitter",
    draw(key, { height, width }) {
      const factor = Random.of(key).uniformRange(...scaleRange);
      const fitting = Math.min(target.height / height, target.width / width);
      return scaled({ height, width }, fitting * factor);
    },
    apply: (sample, to) => resizeSample(sample, to, interpolation),
  };
}

export const scaleJitterKind: TransformKind<ScaleJitterOptions> = {
  settings: "targetSize scaleRange interpolation",
  make: scaleJitter,
};

export const scaleJitterSpec: TransformSpec = {
  name: "scaleJitter",
  summary: "the picture fitted into a target size, times a random factor",
  options:
    "targetSize; scaleRange 0.1,2; interpolation bilinear (nearest, bicubic, box, hamming, lanczos)",
  source: "Ghiasi and others 2021, arXiv:2012.07177; torchvision v2 ScaleJitter",
  oracle: "torchvision 0.14 functional_pil.resize",
};
