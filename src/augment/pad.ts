/** Rows and columns added around a picture. */
import { ConvkitError } from "../core/error.ts";
import type { Image } from "../image/image.ts";
import { checkedWord, shown } from "./checks.ts";
import { moved } from "./move.ts";
import {
  allPlaces,
  extended,
  type Fill,
  type PaddingMode,
  type Places,
  paddingModes,
  take,
} from "./take.ts";
import type { Sample, Transform, TransformKind, TransformSpec } from "./transform.ts";

/** What stands where there is no picture. */
export interface FillOptions {
  /** A grey level, or one for each channel; 0 by default. */
  readonly fill?: Fill;
  /** The class there; 0 by default. */
  readonly fillMask?: number;
}

/** So many pixels on every side, [top and bottom, left and right], or [top, bottom, left, right]; less than 0 cuts off. */
export type Padding =
  | number
  | readonly [number, number]
  | readonly [number, number, number, number];

export interface BorderOptions extends FillOptions {
  /** `constant` by default, which is `fill`; `edge`, `reflect` and `symmetric` as NumPy's `pad` has them. */
  readonly paddingMode?: PaddingMode;
}

export interface PadOptions extends BorderOptions {
  readonly padding: Padding;
}

export type Sides = readonly [top: number, bottom: number, left: number, right: number];

export function pad({ padding, ...border }: PadOptions): Transform<null> {
  const sides = checkedPadding("pad", padding);
  checkedWord("pad", "paddingMode", border.paddingMode ?? "constant", paddingModes);
  return { name: "pad", draw: () => null, apply: (sample) => padSample(sample, sides, border) };
}

export function padSample(sample: Sample, sides: Sides, border: BorderOptions = {}): Sample {
  const { image } = sample;
  const [rows, columns] = padded([allPlaces(image.height), allPlaces(image.width)], sides, border);
  const [top, , left] = sides;
  return takeSample(sample, rows, columns, border, (x, y) => [x + left, y + top]);
}

/** Rows and columns with those around them. */
export const padded = (
  [rows, columns]: readonly [Places, Places],
  [top, bottom, left, right]: Sides,
  { paddingMode = "constant" }: BorderOptions,
): readonly [Places, Places] => [
  extended(rows, top, bottom, paddingMode),
  extended(columns, left, right, paddingMode),
];

/** Rows and columns of picture and mask; `point` moves what lies on them. */
export const takeSample = (
  sample: Sample,
  rows: Places,
  columns: Places,
  { fill = 0, fillMask = 0 }: FillOptions,
  point: (x: number, y: number) => readonly [number, number],
): Sample =>
  moved(sample, {
    image: (image: Image) => take(image, rows, columns, fill),
    mask: (mask: Image) => take(mask, rows, columns, fillMask),
    point,
  });

export function checkedPadding(where: string, padding: Padding): Sides {
  const sides = typeof padding === "number" ? [padding] : padding;
  const isKnown = Array.isArray(sides) && [1, 2, 4].includes(sides.length);
  if (!isKnown || !sides.every(Number.isInteger)) {
    const expected =
      "give one number, [top and bottom, left and right] or [top, bottom, left, right]";
    throw new ConvkitError(where, `padding is ${shown(padding)} — ${expected}, in pixels`);
  }
  const [a, b = a, c = b, d = b] = sides as number[];
  return sides.length === 4 ? [a, b, c, d] : [a, a, b, b];
}

export const padKind: TransformKind<PadOptions> = {
  settings: "padding fill fillMask paddingMode",
  make: pad,
};

export const padSpec: TransformSpec = {
  name: "pad",
  summary: "adds rows and columns around the picture",
  options: "padding; fill 0; fillMask 0; paddingMode constant (edge, reflect, symmetric)",
  source: "torchvision Pad",
  oracle: "torchvision 0.14 functional_pil.pad",
};
