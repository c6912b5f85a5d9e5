/** Towards the same picture in grey, or away from it. */
import { toGrey } from "../image/colour.ts";
import type { Image } from "../image/image.ts";
import { blended } from "./blend.ts";
import { byFactor, type Factor } from "./by-factor.ts";
import type { Transform, TransformKind, TransformSpec } from "./transform.ts";

export interface AdjustSaturationOptions {
  /** 0 is grey, 1 the picture as it is, 2 twice the colour; or [lowest, highest]. */
  readonly saturationFactor: Factor;
}

export const adjustSaturation = ({
  saturationFactor,
}: AdjustSaturationOptions): Transform<number> =>
  byFactor(
    "adjustSaturation",
    "saturationFactor",
    saturationFactor,
    [0, Number.POSITIVE_INFINITY],
    withSaturation,
  );

/** A grey picture stays as it is. */
export function withSaturation(image: Image, factor: number): Image {
  if (image.channels === 1) return image;
  return { ...image, data: blended(toGrey(image).data, image.data, factor) };
}

export const adjustSaturationKind: TransformKind<AdjustSaturationOptions> = {
  settings: "saturationFactor",
  make: adjustSaturation,
};

export const adjustSaturationSpec: TransformSpec = {
  name: "adjustSaturation",
  summary: "towards the same picture in grey, or away from it",
  options: "saturationFactor (a number, or lowest,highest)",
  source: "torchvision adjust_saturation",
  oracle: "torchvision 0.14 functional_pil.adjust_saturation",
};
