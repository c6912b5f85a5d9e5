/**
 * Turns every colour around the wheel of hues. Hue, saturation and value are bytes on the way, computed in the single and
 * double precision of Pillow's conversions, so that every byte is Pillow's.
 */
import type { Image } from "../image/image.ts";
import { byFactor, type Factor } from "./by-factor.ts";
import type { Transform, TransformKind, TransformSpec } from "./transform.ts";

export interface AdjustHueOptions {
  /** In turns of the wheel, −0.5 … 0.5; or [lowest, highest]. */
  readonly hueFactor: Factor;
}

export const adjustHue = ({ hueFactor }: AdjustHueOptions): Transform<number> =>
  byFactor("adjustHue", "hueFactor", hueFactor, [-0.5, 0.5], withHue);

/** A grey picture stays as it is. */
export function withHue(image: Image, factor: number): Image {
  if (image.channels === 1) return image;
  const turn = Math.trunc(factor * 255);
  const { data: from } = image;
  const data = new Uint8Array(from.length);
  for (let i = 0; i < data.length; i += 3) {
    const r = from[i];
    const g = from[i + 1];
    const b = from[i + 2];
    const value = Math.max(r, g, b);
    const least = Math.min(r, g, b);
    const range = value - least;
    const saturation = range === 0 ? 0 : Math.trunc(Math.fround(range / value) * 255);
    if (saturation === 0) {
      data[i] = data[i + 1] = data[i + 2] = value;
      continue;
    }
    const hue = (hueOf(r, g, b, value, range) + turn) & 255;
    const sixth = (hue * 6) / 255;
    const sector = Math.floor(sixth);
    const f = Math.fround(sixth - sector);
    const s = Math.fround(saturation / 255);
    const p = Math.round(value * (1 - s));
    const q = Math.round(value * (1 - Math.fround(s * f)));
    const t = Math.round(value * (1 - s * (1 - f)));
    data[i] = sector === 1 ? q : sector === 2 || sector === 3 ? p : sector === 4 ? t : value;
    data[i + 1] = sector === 0 || sector === 6 ? t : sector === 3 ? q : sector > 3 ? p : value;
    data[i + 2] = sector === 2 ? t : sector === 5 ? q : sector === 3 || sector === 4 ? value : p;
  }
  return { ...image, data };
}

/** The hue as a byte; 256 of them are a turn. */
function hueOf(r: number, g: number, b: number, value: number, range: number): number {
  const red = Math.fround((value - r) / range);
  const green = Math.fround((value - g) / range);
  const blue = Math.fround((value - b) / range);
  let sixths: number;
  if (r === value) sixths = Math.fround(blue - green);
  else if (g === value) sixths = Math.fround(2 + red - blue);
  else sixths = Math.fround(4 + green - red);
  return Math.trunc(Math.fround((sixths / 6 + 1) % 1) * 255);
}

export const adjustHueKind: TransformKind<AdjustHueOptions> = {
  settings: "hueFactor",
  make: adjustHue,
};

export const adjustHueSpec: TransformSpec = {
  name: "adjustHue",
  summary: "turns every colour around the wheel of hues",
  options: "hueFactor (a number from −0.5 to 0.5, or lowest,highest)",
  source: "torchvision adjust_hue",
  oracle: "torchvision 0.14 functional_pil.adjust_hue",
};
