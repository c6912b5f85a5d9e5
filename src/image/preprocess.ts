/**
 * From a picture to the numbers that a model reads: grey or colour, the model's size, then
 *
 *   x = (byte · scale − mean[c]) / std[c],   channels first (C×H×W).
 *
 * The record travels in the metadata of model.safetensors, so that a prediction prepares its picture as the
 * training did.
 */
import { ConvkitError } from "../core/error.ts";
import { toChannels } from "./colour.ts";
import type { Image } from "./image.ts";
import { resize, resizeCover } from "./resize.ts";

export interface Preprocessing {
  readonly channels: 1 | 3;
  readonly height: number;
  readonly width: number;
  /** One number per channel, of values already scaled. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** Of a byte; 1/255 brings it to 0 … 1. */
  readonly scale: number;
  /** Dark on light becomes light on dark: byte → 255 − byte. */
  readonly invert?: boolean;
  /** How another aspect ratio is met: `stretch` to the size (default), or `cover` it and crop the middle. */
  readonly fit?: "stretch" | "cover";
}

/** Fills `out` from `offset` on (or a new array) with C×H×W numbers. */
export function preprocess(
  image: Image,
  how: Preprocessing,
  out: Float32Array = new Float32Array(how.channels * how.height * how.width),
  offset = 0,
): Float32Array {
  const { data } = fitImage(image, how);
  const { channels } = how;
  const pixels = how.height * how.width;
  for (let c = 0; c < channels; c++) {
    const table = byteTable(how, c);
    const plane = offset + c * pixels;
    for (let p = 0; p < pixels; p++) out[plane + p] = table[data[p * channels + c]];
  }
  return out;
}

/** The picture as bytes in the model's size and channels, before scale, mean and std. */
export function fitImage(image: Image, how: Omit<Preprocessing, "mean" | "std" | "scale">): Image {
  const toSize = how.fit === "cover" ? resizeCover : resize;
  return toSize(toChannels(image, how.channels), how.height, how.width);
}

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
  const { channels, height, width, mean, std, scale, invert, fit } = how;
  return JSON.stringify({ channels, height, width, mean, std, scale, invert, fit });
}

export function parsePreprocessing(text: string, file = "model"): Preprocessing {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ConvkitError(
      "preprocess",
      `${file}: its preprocessing is not JSON — save the model again`,
      {
        cause,
      },
    );
  }
  const how = (value ?? {}) as Preprocessing;
  const { channels, height, width, mean, std, scale, invert, fit } = how;
  const perChannel = (numbers: unknown): boolean =>
    Array.isArray(numbers) && numbers.length === channels && numbers.every(Number.isFinite);
  const faults: readonly (readonly [boolean, string])[] = [
    [channels === 1 || channels === 3, "channels is 1 or 3"],
    [isSize(height) && isSize(width), "height and width are whole numbers above 0"],
    [perChannel(mean), "mean has one number per channel"],
    [perChannel(std) && std.every((s) => s > 0), "std has one number above 0 per channel"],
    [Number.isFinite(scale), "scale is a number"],
    [invert === undefined || typeof invert === "boolean", "invert is true or false"],
    [fit === undefined || fit === "stretch" || fit === "cover", "fit is stretch or cover"],
  ];
  const fault = faults.find(([holds]) => !holds);
  if (fault) {
    const message = `${file}: its preprocessing is wrong, ${fault[1]} — save the model again`;
    throw new ConvkitError("preprocess", `${message}; found ${text}`);
  }
  return how;
}

const isSize = (size: unknown): boolean => Number.isInteger(size) && (size as number) > 0;
