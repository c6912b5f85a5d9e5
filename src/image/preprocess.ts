/** From a picture of any size to the numbers that a model reads. */
import { toChannels } from "./colour.ts";
import type { Image } from "./image.ts";
import { byteTable, type Preprocessing, sourceChannel } from "./preprocessing.ts";
import { resize, resizeCover } from "./resize.ts";

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
    const from = sourceChannel(how, c);
    const plane = offset + c * pixels;
    for (let p = 0; p < pixels; p++) out[plane + p] = table[data[p * channels + from]];
  }
  return out;
}

/** The picture as bytes in the model's size and channels, before scale, mean and std. */
export function fitImage(image: Image, how: Omit<Preprocessing, "mean" | "std" | "scale">): Image {
  const { channels, height, width, fit, cropPct } = how;
  const own = toChannels(image, channels);
  return fit === "cover" ? resizeCover(own, height, width, cropPct) : resize(own, height, width);
}
