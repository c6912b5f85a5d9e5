/**
 * Darkens polygons: a byte within one becomes byte · (1 − intensity). The corners are drawn evenly from the region and taken
 * in their order around their middle. Options as Albumentations has them; the formula is ours.
 */
import { ConvkitError } from "../core/error.ts";
import type { Random } from "../core/random.ts";
import type { Image } from "../image/image.ts";
import { checkedRange, shown } from "./checks.ts";
import { intBetween, pixelTransform } from "./pixel-transform.ts";
import { checkedRegion, type Region } from "./region.ts";
import type { Size, Transform, TransformKind, TransformSpec } from "./transform.ts";

export interface RandomShadowOptions {
  /** Where corners lie, as shares of width and height: left, top, right, bottom; [0, 0.5, 1, 1], the lower half, by default. */
  readonly shadowRoi?: Region;
  /** How many, least and most; [1, 2] by default. */
  readonly numShadowsLimit?: readonly [number, number];
  /** Corners of a shadow; 5 by default. */
  readonly shadowDimension?: number;
  /** 0 changes nothing, 1 is black, least and most; [0.5, 0.5] by default. */
  readonly shadowIntensityRange?: readonly [number, number];
  /** How often; 0.5 by default. */
  readonly p?: number;
}

export interface Shadow {
  /** x and y in pixels. */
  readonly corners: readonly (readonly [number, number])[];
  readonly intensity: number;
}

export function randomShadow(
  options: RandomShadowOptions = {},
): Transform<{ readonly shadows: readonly Shadow[] } | null> {
  const { shadowRoi = [0, 0.5, 1, 1], numShadowsLimit = [1, 2], shadowDimension = 5 } = options;
  const { shadowIntensityRange = [0.5, 0.5], p = 0.5 } = options;
  checkedRegion("randomShadow", "shadowRoi", shadowRoi);
  checkedRange("randomShadow", "numShadowsLimit", numShadowsLimit, [1, 100]);
  checkedRange("randomShadow", "shadowIntensityRange", shadowIntensityRange, [0, 1]);
  if (!Number.isInteger(shadowDimension) || shadowDimension < 3) {
    throw new ConvkitError(
      "randomShadow",
      `shadowDimension is ${shown(shadowDimension)} — give at least 3 corners`,
    );
  }
  return pixelTransform(
    "randomShadow",
    p,
    (random, scene) => ({
      shadows: Array.from({ length: intBetween(random, numShadowsLimit) }, () => ({
        corners: drawCorners(random, scene, shadowRoi, shadowDimension),
        intensity: random.uniformRange(...shadowIntensityRange),
      })),
    }),
    (image, { shadows }) => shadows.reduce(shaded, image),
  );
}

function drawCorners(
  random: Random,
  { height, width }: Size,
  [left, top, right, bottom]: Region,
  count: number,
): [number, number][] {
  const corners = Array.from({ length: count }, (): [number, number] => [
    random.uniformRange(left, right) * width,
    random.uniformRange(top, bottom) * height,
  ]);
  const [middleX, middleY] = [0, 1].map((k) => corners.reduce((sum, at) => sum + at[k], 0) / count);
  const angle = ([x, y]: readonly [number, number]) => Math.atan2(y - middleY, x - middleX);
  return corners.sort((a, b) => angle(a) - angle(b));
}

/** A pixel lies within when its middle does, by the even-odd rule. */
export function shaded(image: Image, { corners, intensity }: Shadow): Image {
  const { width, height, channels } = image;
  const data = new Uint8ClampedArray(image.data);
  for (let y = 0; y < height; y++) {
    const crossings = corners
      .flatMap(([x1, y1], i) => {
        const [x2, y2] = corners[(i + 1) % corners.length];
        const at = y + 0.5;
        return y1 <= at !== y2 <= at ? [x1 + ((at - y1) / (y2 - y1)) * (x2 - x1)] : [];
      })
      .sort((a, b) => a - b);
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      const from = Math.max(0, Math.ceil(crossings[i] - 0.5));
      const to = Math.min(width, Math.ceil(crossings[i + 1] - 0.5));
      for (let at = (y * width + from) * channels; at < (y * width + to) * channels; at++) {
        data[at] *= 1 - intensity;
      }
    }
  }
  return { ...image, data: new Uint8Array(data.buffer) };
}

export const randomShadowKind: TransformKind<RandomShadowOptions> = {
  settings: "shadowRoi numShadowsLimit shadowDimension shadowIntensityRange p",
  make: randomShadow,
};

export const randomShadowSpec: TransformSpec = {
  name: "randomShadow",
  summary: "darkens polygons",
  options:
    "shadowRoi 0,0.5,1,1; numShadowsLimit 1,2; shadowDimension 5; shadowIntensityRange 0.5,0.5; p 0.5",
  source: "options of Albumentations RandomShadow; byte · (1 − intensity)",
  oracle: "its formula, in scikit-image 0.19 draw.polygon2mask",
};
