/** Towards the picture smoothed over 3 × 3 pixels, or away from it, which sharpens. The outermost pixels stay as they are. */
import type { Image } from "../image/image.ts";
import { blended } from "./blend.ts";
import { byFactor, type Factor } from "./by-factor.ts";
import type { Transform, TransformKind, TransformSpec } from "./transform.ts";

export interface AdjustSharpnessOptions {
  /** 0 is blurred, 1 the picture as it is, 2 sharpened; or [lowest, highest]. */
  readonly sharpnessFactor: Factor;
}

export const adjustSharpness = ({ sharpnessFactor }: AdjustSharpnessOptions): Transform<number> =>
  byFactor(
    "adjustSharpness",
    "sharpnessFactor",
    sharpnessFactor,
    [0, Number.POSITIVE_INFINITY],
    withSharpness,
  );

export const withSharpness = (image: Image, factor: number): Image => ({
  ...image,
  data: blended(smoothed(image), image.data, factor),
});

/** Pillow's ImageFilter.SMOOTH: all nine count once, the middle five times. */
function smoothed({ width, height, channels, data: from }: Image): Uint8Array {
  const data = from.slice();
  const row = width * channels;
  for (let y = 1; y < height - 1; y++) {
    for (let i = y * row + channels; i < (y + 1) * row - channels; i++) {
      const up = i - row;
      const down = i + row;
      const sum =
        from[up - channels] +
        from[up] +
        from[up + channels] +
        from[i - channels] +
        5 * from[i] +
        from[i + channels] +
        from[down - channels] +
        from[down] +
        from[down + channels];
      data[i] = (sum + 6) / 13;
    }
  }
  return data;
}

export const adjustSharpnessKind: TransformKind<AdjustSharpnessOptions> = {
  settings: "sharpnessFactor",
  make: adjustSharpness,
};

export const adjustSharpnessSpec: TransformSpec = {
  name: "adjustSharpness",
  summary: "towards the smoothed picture, or away from it, which sharpens",
  options: "sharpnessFactor (a number, or lowest,highest)",
  source: "torchvision adjust_sharpness",
  oracle: "torchvision 0.14 functional_pil.adjust_sharpness",
};
