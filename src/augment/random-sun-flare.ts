/**
 * The sun in the lens: a glow (1 − d/r)² about the source, and fainter discs on a line through it, each mixed in as
 * (1 − α)·byte + α·colour. Options as Albumentations has them; the formula is ours.
 */
import { ConvkitError } from "../core/error.ts";
import type { Image } from "../image/image.ts";
import { checkedRange, shown } from "./checks.ts";
import { intBetween, pixelTransform } from "./pixel-transform.ts";
import { checkedRegion, type Region } from "./region.ts";
import type { Transform, TransformKind, TransformSpec } from "./transform.ts";

export interface RandomSunFlareOptions {
  /** Where the sun is, as shares of width and height: left, top, right, bottom; [0, 0, 1, 0.5] by default. */
  readonly flareRoi?: Region;
  /** Direction of the line in turns, least and most; [0, 1] by default. */
  readonly angleRange?: readonly [number, number];
  /** How many discs, least and most; [6, 10] by default. */
  readonly numFlareCirclesRange?: readonly [number, number];
  /** Of the glow in pixels; 400 by default. */
  readonly srcRadius?: number;
  /** [255, 255, 255] by default; a grey picture takes the first. */
  readonly srcColor?: readonly [number, number, number];
  /** How often; 0.5 by default. */
  readonly p?: number;
}

export interface Disc {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly alpha: number;
}

export interface Flare {
  readonly x: number;
  readonly y: number;
  readonly discs: readonly Disc[];
}

export function randomSunFlare(options: RandomSunFlareOptions = {}): Transform<Flare | null> {
  const { flareRoi = [0, 0, 1, 0.5], angleRange = [0, 1], srcRadius = 400, p = 0.5 } = options;
  const { numFlareCirclesRange = [6, 10], srcColor = [255, 255, 255] } = options;
  checkedRegion("randomSunFlare", "flareRoi", flareRoi);
  checkedRange("randomSunFlare", "angleRange", angleRange, [0, 1]);
  checkedRange("randomSunFlare", "numFlareCirclesRange", numFlareCirclesRange, [0, 1000]);
  if (!(srcRadius > 0)) {
    throw new ConvkitError("randomSunFlare", `srcRadius is ${shown(srcRadius)} — give pixels`);
  }
  return pixelTransform(
    "randomSunFlare",
    p,
    (random, { height, width }) => {
      const [left, top, right, bottom] = flareRoi;
      const [x, y] = [
        random.uniformRange(left, right) * width,
        random.uniformRange(top, bottom) * height,
      ];
      const turn = 2 * Math.PI * random.uniformRange(...angleRange);
      const size = Math.max(height, width);
      const discs = Array.from({ length: intBetween(random, numFlareCirclesRange) }, () => {
        const away = random.uniformRange(-size, size);
        return {
          x: x + away * Math.cos(turn),
          y: y + away * Math.sin(turn),
          radius: random.uniformRange(1, Math.max(2, size / 10)),
          alpha: random.uniformRange(0.05, 0.2),
        };
      });
      return { x, y, discs };
    },
    (image, flare) => withFlare(image, flare, srcRadius, srcColor),
  );
}

export function withFlare(
  image: Image,
  { x: sunX, y: sunY, discs }: Flare,
  radius: number,
  colour: readonly [number, number, number],
): Image {
  const { width, height, channels } = image;
  const data = new Uint8ClampedArray(image.data);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += channels) {
      const distance = (toX: number, toY: number) => Math.hypot(x + 0.5 - toX, y + 0.5 - toY);
      let dark = 1 - Math.max(0, 1 - distance(sunX, sunY) / radius) ** 2;
      for (const disc of discs) {
        if (distance(disc.x, disc.y) < disc.radius) dark *= 1 - disc.alpha;
      }
      for (let c = 0; c < channels; c++) data[i + c] = colour[c] + dark * (data[i + c] - colour[c]);
    }
  }
  return { ...image, data: new Uint8Array(data.buffer) };
}

export const randomSunFlareKind: TransformKind<RandomSunFlareOptions> = {
  settings: "flareRoi angleRange numFlareCirclesRange srcRadius srcColor p",
  make: randomSunFlare,
};

export const randomSunFlareSpec: TransformSpec = {
  name: "randomSunFlare",
  summary: "a glow, and discs on a line through it",
  options:
    "flareRoi 0,0,1,0.5; angleRange 0,1; numFlareCirclesRange 6,10; srcRadius 400; srcColor 255,255,255; p 0.5",
  source: "options of Albumentations RandomSunFlare; (1 − α)·byte + α·colour",
  oracle: "its formula",
};
