/** Towards the picture's mean grey, or away from it. */
import { toGrey } from "../image/colour.ts";
import type { Image } from "../image/image.ts";
import { blendTable } from "./blend.ts";
import { byFactor, type Factor } from "./by-factor.ts";
import { lookup } from "./lookup-table.ts";
import type { Transform, TransformKind, TransformSpec } from "./transform.ts";

export interface AdjustContrastOptions {
  /** 0 is grey all over, 1 the picture as it is, 2 twice the contrast; or [lowest, highest]. */
  readonly contrastFactor: Factor;
}

export const adjustContrast = ({ contrastFactor }: AdjustContrastOptions): Transform<number> =>
  byFactor(
    "adjustContrast",
    "contrastFactor",
    contrastFactor,
    [0, Number.POSITIVE_INFINITY],
    withContrast,
  );

export function withContrast(image: Image, factor: number): Image {
  const grey = toGrey(image).data;
  let sum = 0;
  for (let i = 0; i < grey.length; i++) sum += grey[i];
  return lookup(image, blendTable(Math.floor(sum / grey.length + 0.5), factor));
}

export const adjustContrastKind: TransformKind<AdjustContrastOptions> = {
  settings: "contrastFactor",
  make: adjustContrast,
};

export const adjustContrastSpec: TransformSpec = {
  name: "adjustContrast",
  summary: "towards the picture's mean grey, or away from it",
  options: "contrastFactor (a number, or lowest,highest)",
  source: "torchvision adjust_contrast",
  oracle: "torchvision 0.14 functional_pil.adjust_contrast",
};
