/**
 * Adds random numbers to hue, saturation and value, bytes as OpenCV has them. A grey picture stays as it is. On the way back colours are
 * rounded, as OpenCV does at the ends of rows; its vector code cuts instead, so a third of a photograph's bytes is one lower there.
 */
import type { Image } from "../image/image.ts";
import { checkedRange } from "./checks.ts";
import { pixelTransform } from "./pixel-transform.ts";
import type { Transform, TransformKind, TransformSpec } from "./transform.ts";

export interface HueSaturationValueOptions {
  /** Of 180 that are a turn of the wheel of hues, least and most; [-20, 20] by default. */
  readonly hueShiftLimit?: readonly [number, number];
  /** Of 255; [-30, 30] by default. */
  readonly satShiftLimit?: readonly [number, number];
  /** Of 255; [-20, 20] by default. */
  readonly valShiftLimit?: readonly [number, number];
  /** How often; 0.5 by default. */
  readonly p?: number;
}

export interface HsvShift {
  readonly hue: number;
  readonly saturation: number;
  readonly value: number;
}

export function hueSaturationValue(
  options: HueSaturationValueOptions = {},
): Transform<HsvShift | null> {
  const {
    hueShiftLimit = [-20, 20],
    satShiftLimit = [-30, 30],
    valShiftLimit = [-20, 20],
  } = options;
  checkedRange("hueSaturationValue", "hueShiftLimit", hueShiftLimit, [-180, 180]);
  checkedRange("hueSaturationValue", "satShiftLimit", satShiftLimit, [-255, 255]);
  checkedRange("hueSaturationValue", "valShiftLimit", valShiftLimit, [-255, 255]);
  return pixelTransform(
    "hueSaturationValue",
    options.p ?? 0.5,
    (random) => ({
      hue: Math.round(random.uniformRange(...hueShiftLimit)),
      saturation: Math.round(random.uniformRange(...satShiftLimit)),
      value: Math.round(random.uniformRange(...valShiftLimit)),
    }),
    withHsvShift,
  );
}

/** The hue goes round, the others are clamped. */
export function withHsvShift(image: Image, shift: HsvShift): Image {
  if (image.channels === 1) return image;
  const { data: from } = image;
  const data = new Uint8ClampedArray(from.length);
  for (let i = 0; i < data.length; i += 3) {
    const [h, s, v] = toHsv(from[i], from[i + 1], from[i + 2]);
    const hue = (((h + shift.hue) % 180) + 180) % 180;
    const rgb = fromHsv(hue, clamped(s + shift.saturation), clamped(v + shift.value));
    for (let c = 0; c < 3; c++) data[i + c] = rgb[c];
  }
  return { ...image, data: new Uint8Array(data.buffer) };
}

const clamped = (x: number): number => Math.min(255, Math.max(0, x));

/** Hue 0 … 179, saturation and value 0 … 255; quotients have 12 bits of fraction. */
function toHsv(r: number, g: number, b: number): [number, number, number] {
  const v = Math.max(r, g, b);
  const range = v - Math.min(r, g, b);
  if (range === 0) return [0, 0, v];
  const quotient = (numerator: number, divisor: number) => Math.round((numerator * 4096) / divisor);
  const s = (range * quotient(255, v) + 2048) >> 12;
  const sixths = v === r ? g - b : v === g ? b - r + 2 * range : r - g + 4 * range;
  const h = (sixths * quotient(30, range) + 2048) >> 12;
  return [h < 0 ? h + 180 : h, s, v];
}

function fromHsv(h: number, s: number, v: number): [number, number, number] {
  const sixths = h / 30;
  const sector = Math.floor(sixths);
  const f = sixths - sector;
  const share = s / 255;
  const [p, q, t] = [v * (1 - share), v * (1 - share * f), v * (1 - share * (1 - f))];
  // biome-ignore format: a sector of the wheel a line
  const rgb: [number, number, number][] = [
    [v, t, p],
    [q, v, p],
    [p, v, t],
    [p, q, v],
    [t, p, v],
    [v, p, q],
  ];
  return rgb[sector];
}

export const hueSaturationValueKind: TransformKind<HueSaturationValueOptions> = {
  settings: "hueShiftLimit satShiftLimit valShiftLimit p",
  make: hueSaturationValue,
};

export const hueSaturationValueSpec: TransformSpec = {
  name: "hueSaturationValue",
  summary: "adds random numbers to hue, saturation and value",
  options: "hueShiftLimit -20,20 (of 180); satShiftLimit -30,30; valShiftLimit -20,20; p 0.5",
  source: "Albumentations HueSaturationValue",
  oracle: "OpenCV 4.6 cvtColor to HSV and back, within one level",
};
