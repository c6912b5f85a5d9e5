/**
 * Fog after Koschmieder 1924: I = J·t + 255·(1 − t), t the share of light that comes through. 1 − t is the fog's coefficient times a
 * smooth field between ½ and 1, so that fog lies in patches. The option is Albumentations', the field ours.
 */
import type { Image } from "../image/image.ts";
import { checkedRange } from "./checks.ts";
import { pixelTransform } from "./pixel-transform.ts";
import type { Transform, TransformKind, TransformSpec } from "./transform.ts";

export interface RandomFogOptions {
  /** 0 is clear, 1 hides all where fog is thickest, least and most; [0.3, 1] by default. */
  readonly fogCoefRange?: readonly [number, number];
  /** How often; 0.5 by default. */
  readonly p?: number;
}

export interface Fog {
  readonly fogCoef: number;
  /** GRID × GRID numbers from ½ to 1 over the picture, between which the field is bilinear. */
  readonly patches: readonly number[];
}

const GRID = 5;

export function randomFog({
  fogCoefRange = [0.3, 1],
  p = 0.5,
}: RandomFogOptions = {}): Transform<Fog | null> {
  checkedRange("randomFog", "fogCoefRange", fogCoefRange, [0, 1]);
  return pixelTransform(
    "randomFog",
    p,
    (random) => ({
      fogCoef: random.uniformRange(...fogCoefRange),
      patches: Array.from({ length: GRID * GRID }, () => random.uniformRange(0.5, 1)),
    }),
    withFog,
  );
}

export function withFog(image: Image, { fogCoef, patches }: Fog): Image {
  const { width, height, channels } = image;
  const data = new Uint8ClampedArray(image.data);
  for (let y = 0, i = 0; y < height; y++) {
    const [row, down] = place(y, height);
    for (let x = 0; x < width; x++) {
      const [column, along] = place(x, width);
      const at = row * GRID + column;
      const upper = patches[at] + along * (patches[at + 1] - patches[at]);
      const lower = patches[at + GRID] + along * (patches[at + GRID + 1] - patches[at + GRID]);
      const fog = fogCoef * (upper + down * (lower - upper));
      for (let c = 0; c < channels; c++, i++) data[i] += fog * (255 - data[i]);
    }
  }
  return { ...image, data: new Uint8Array(data.buffer) };
}

/** The point of the grid before a pixel, and how far it is from there to the next. */
function place(at: number, size: number): [number, number] {
  const exact = size > 1 ? (at / (size - 1)) * (GRID - 1) : 0;
  const before = Math.min(Math.floor(exact), GRID - 2);
  return [before, exact - before];
}

export const randomFogKind: TransformKind<RandomFogOptions> = {
  settings: "fogCoefRange p",
  make: randomFog,
};

export const randomFogSpec: TransformSpec = {
  name: "randomFog",
  summary: "a white veil that is thicker in places",
  options: "fogCoefRange 0.3,1; p 0.5",
  source: "Koschmieder 1924; the option of Albumentations RandomFog",
  oracle: "its formula",
};
