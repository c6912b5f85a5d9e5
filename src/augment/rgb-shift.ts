/** Adds a number of its own to each channel. */
import type { Image } from "../image/image.ts";
import { checkedRange } from "./checks.ts";
import { lookup, lookupTable } from "./lookup-table.ts";
import { intBetween, pixelTransform } from "./pixel-transform.ts";
import type { Transform, TransformKind, TransformSpec } from "./transform.ts";

type Limit = readonly [number, number];

export interface RgbShiftOptions {
  /** Grey levels to add, whole numbers, least and most; [-20, 20] by default. */
  readonly rShiftLimit?: Limit;
  readonly gShiftLimit?: Limit;
  readonly bShiftLimit?: Limit;
  /** How often; 0.5 by default. */
  readonly p?: number;
}

export interface Shifts {
  readonly shifts: readonly number[];
}

export function rgbShift(options: RgbShiftOptions = {}): Transform<Shifts | null> {
  const { rShiftLimit = [-20, 20], gShiftLimit = [-20, 20], bShiftLimit = [-20, 20] } = options;
  const limits = Object.entries({ rShiftLimit, gShiftLimit, bShiftLimit });
  for (const [name, limit] of limits) checkedRange("rgbShift", name, limit as Limit, [-255, 255]);
  return pixelTransform(
    "rgbShift",
    options.p ?? 0.5,
    (random) => ({ shifts: limits.map(([, limit]) => intBetween(random, limit as Limit)) }),
    shifted,
  );
}

/** A grey picture gets the first. */
const shifted = (image: Image, { shifts }: Shifts): Image =>
  lookup(
    image,
    shifts.map((shift) => lookupTable((byte) => byte + shift)),
  );

export const rgbShiftKind: TransformKind<RgbShiftOptions> = {
  settings: "rShiftLimit gShiftLimit bShiftLimit p",
  make: rgbShift,
};

export const rgbShiftSpec: TransformSpec = {
  name: "rgbShift",
  summary: "adds a number of its own to each channel",
  options: "rShiftLimit -20,20; gShiftLimit -20,20; bShiftLimit -20,20; p 0.5",
  source: "Albumentations RGBShift",
  oracle: "OpenCV 4.6 add",
};
