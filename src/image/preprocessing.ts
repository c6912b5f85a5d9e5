/**
 * How a model wants its pictures: grey, colour or another representation, a size, then
 *
 *   x = (byte · scale − mean[c]) / std[c],   channels first (C×H×W).
 *
 * The record travels in the metadata of model.safetensors, so that a prediction prepares its picture as the
 * training did.
 */
import type { Interpolation } from "./interpolation.ts";
import { type RepresentationName, representationChannels } from "./representation/names.ts";

export interface Preprocessing {
  /** 1 is grey, 3 is colour; with `representation` as many as that has. */
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** Of colours as the model reads them; mean and std stand in the same order. "rgb" by default. */
  readonly order?: "rgb" | "bgr";
  /** One number per channel, of values already scaled. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** Of a byte; 1/255 brings it to 0 … 1. */
  readonly scale: number;
  /** Dark on light becomes light on dark: byte → 255 − byte. */
  readonly invert?: boolean;
  /** What is shown in place of grey or colour: one or several, their channels one after the other. */
  readonly representation?: readonly RepresentationName[];
  /** How another aspect ratio is met: `stretch` to the size (default), or `cover` it and crop the middle. */
  readonly fit?: "stretch" | "cover";
  /** With `cover`: the share of the short side that the crop keeps, 1 by default; ImageNet's 224 of 256 are 0.875. */
  readonly cropPct?: number;
  /** How a picture is resized, with Pillow's filters; bilinear by default. */
  readonly interpolation?: Interpolation;
}

/** How many channels of a picture are looked at. */
export function sourceChannels({
  channels,
  representation,
}: Pick<Preprocessing, "channels" | "representation">): number {
  if (!representation) return channels;
  return representation.some((name) => representationChannels[name].from === 3) ? 3 : 1;
}

/** The channel of an R, G, B picture that channel c of the model's input shows. */
export const sourceChannel = ({ channels, order }: Preprocessing, c: number): number =>
  channels === 3 && order === "bgr" ? 2 - c : c;

/** What each of the 256 bytes becomes in channel c, in f32. */
export function byteTable(how: Preprocessing, c: number): Float32Array {
  const table = new Float32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    const value = how.invert ? 255 - byte : byte;
    table[byte] = (value * how.scale - how.mean[c]) / how.std[c];
  }
  return table;
}

/** One line of JSON, its keys in a fixed order. */
export function formatPreprocessing(how: Preprocessing): string {
  const { channels, height, width, order, mean, std, scale, invert, representation } = how;
  const { fit, cropPct, interpolation } = how;
  const sizes = { channels, height, width };
  const values = { order, mean, std, scale, invert, representation };
  return JSON.stringify({ ...sizes, ...values, fit, cropPct, interpolation });
}
