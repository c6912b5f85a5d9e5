/** Towards black, or away from it. */
import type { Image } from "../image/image.ts";
import { blendTable } from "./blend.ts";
import { byFactor, type Factor } from "./by-factor.ts";
import { lookup } from "./lookup-table.ts";
import type { Transform, TransformKind, TransformSpec } from "./transform.ts";

export interface AdjustBrightnessOptions {
  /** 0 is black, 1 the picture as it is, 2 twice as bright; or [lowest, highest]. */
  readonly brightnessFactor: Factor;
}

export const adjustBrightness = ({
  brightnessFactor,
}: AdjustBrightnessOptions): Transform<number> =>
  byFactor(
    "adjustBrightness",
    "brightnessFactor",
    brightnessFactor,
    [0, Number.POSITIVE_INFINITY],
    withBrightness,
  );

export const withBrightness = (image: Image, factor: number): Image =>
  lookup(image, blendTable(0, factor));

export const adjustBrightnessKind: TransformKind<AdjustBrightnessOptions> = {
  settings: "brightnessFactor",
  make: adjustBrightness,
};

export const adjustBrightnessSpec: TransformSpec = {
  name: "adjustBrightness",
  summary: "towards black, or away from it",
  options: "brightnessFactor (a number, or lowest,highest)",
  source: "torchvision adjust_brightness",
  oracle: "torchvision 0.14 functional_pil.adjust_brightness",
};
